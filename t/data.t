#!/usr/bin/perl
# Transcript tier, no root: data connections. Strangers, ports left open,
# connections that do not come, and every time-out.
# directive: accept_timeout, connect_timeout, data_connection_timeout,
#     idle_session_timeout, login_timeout

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(conf => { delay_failed_login => 0 });
my $text = 'content';

$server->file('file', $text);
truncate $server->file('large'), 1 << 30;

# First start what ends by a time-out, so that all wait together.
my $quick = Inftpd::Test->new(conf => {
	accept_timeout => 1, connect_timeout => 1, data_connection_timeout => 1,
	login_timeout => 1,
});
$quick->file('file', $text);
$quick->file('old', 'old content');
truncate $quick->file('large'), 1 << 30;
my $idle_server = Inftpd::Test->new(conf => { idle_session_timeout => 1 });
$idle_server->file('large', 'x' x 65536);

my $never = $quick->login('alice');           # nobody connects
my $never_port = $never->pasv_port;
$never->expect('RETR file', 150);
my $never_stor = $quick->login('alice');
$never_stor->pasv_port;
$never_stor->expect('STOR old', 150);
my $silent = $quick->login('alice');          # nobody answers
my $full = $silent->listener(backlog => 1);
my @filling = map {
	IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $full->sockport,
	    Blocking => 0, Type => Socket::SOCK_STREAM())
} 1 .. 3;
$silent->expect('PORT ' . Inftpd::Test::Client::port_text('127.0.0.1',
    $full->sockport), 200);
$silent->expect('RETR file', 150);
my $stalled = $quick->login('alice');         # nobody reads
my $stalled_data = $stalled->pasv;
$stalled->expect('RETR large', 150);
my $mute = $quick->login('alice');            # nobody sends
my $mute_data = $mute->pasv;
$mute->expect('STOR mute', 150);
Inftpd::Test::Client::write_all($mute_data, 'half');
my $shy = $quick->connect;                    # nobody logs in
my $half = $quick->connect;
$half->expect('USER alice', 331);
my $idle = $idle_server->login('alice');      # nobody says a word
my $busy = $idle_server->login('alice');      # but this one is busy
my $busy_data = $busy->pasv;
$busy->expect('STOR slow', 150);

# A stranger gets to the port first.
my $c = $server->login('alice');
my $port = $c->pasv_port;
my $thief = $c->dial($port, '127.0.0.2');
my $second = $c->dial($port, '127.0.0.3');
ok($thief, 'a stranger connects before the client');
$c->expect('RETR file', 150);
is(Inftpd::Test::Client::drain($thief), '', 'he is turned away');
is(Inftpd::Test::Client::drain($second), '', 'and so is another');
is(Inftpd::Test::Client::drain($c->dial($port)), $text,
    'the client is served all the same');
$c->expect_reply(226);
like($c->log, qr/data-refused.*127\.0\.0\.2/, 'the log knows the stranger');
ok(!$c->dial($port), 'the port is closed after the transfer');

# A stranger who comes while the transfer goes on, or for an upload.
$port = $c->pasv_port;
$thief = $c->dial($port, '127.0.0.2');
my $own = $c->dial($port);
is(($c->cmd('STOR new'))[0], 150);
Inftpd::Test::Client::write_all($thief, 'stolen') if $thief;
Inftpd::Test::Client::write_all($own, 'own');
close $own;
$c->expect_reply(226);
is($server->content('new'), 'own', 'nothing of a stranger\'s comes in');
$port = $c->pasv_port;
$own = $c->dial($port);
$c->expect('RETR large', 150);
ok(!$c->dial($port), 'one connection a transfer');
$c->raw("ABOR\r\n");
$c->expect_reply(426);
$c->expect_reply(226);

# More strangers than the queue has room for at once.
$port = $c->pasv_port;
my @crowd = map { $c->dial($port, '127.0.0.2') } 1 .. 12;
$c->expect('RETR file', 150);
is(Inftpd::Test::Client::drain($c->dial($port)), $text, 'a dozen strangers');
$c->expect_reply(226);
close $_ for grep { $_ } @crowd;

# pasv_promiscuous lets them.
my $open = Inftpd::Test->new(conf => { pasv_promiscuous => 'YES' });
$open->file('file', $text);
my $p = $open->login('alice');
$port = $p->pasv_port;
$own = $p->dial($port, '127.0.0.2');
$p->expect('RETR file', 150);
is(Inftpd::Test::Client::drain($own), $text, 'pasv_promiscuous');
$p->expect_reply(226);
$p->quit;

# 300 times PASV leave one listener.
my @ports = map { $c->pasv_port } 1 .. 300;
my $last = $ports[-1];
my %open = map { $_ => 1 } grep { my $s = $c->dial($_); $s } grep { $_ != $last } @ports;
is(scalar keys %open, 0, '300 PASV: all ports but the last are closed');
is(($c->retr('file'))[0], $text);
$c->expect('RETR file', 425);

# The client cuts the data connection.
my $data = $c->pasv;
$c->expect('RETR large', 150);
my $some = '';
Inftpd::Test::Client::read_some($data, \$some);
setsockopt $data, Socket::SOL_SOCKET(), Socket::SO_LINGER(), pack 'ii', 1, 0;
close $data;
$c->expect_reply(426, undef, 'a download that the client cuts');
$data = $c->pasv;
$c->expect('STOR cut', 150);
Inftpd::Test::Client::write_all($data, 'half');
setsockopt $data, Socket::SOL_SOCKET(), Socket::SO_LINGER(), pack 'ii', 1, 0;
close $data;
$c->expect_reply(426, undef, 'an upload that the client resets');
$c->expect('NOOP', 200);

# The control connection ends during a transfer: so do both processes.
for my $kind ('RETR large', 'STOR gone', 'awaited', 'LIST') {
	my $s = $server->login('alice');
	my $helper = $s->helper;
	my $end = $kind eq 'awaited' ? $s->pasv_port : $s->pasv;
	$s->expect($kind eq 'awaited' ? 'RETR file' : $kind, 150);
	$s->hang_up;
	is($s->exit_status, 0, "hanging up during $kind ends ftpd");
	ok(Inftpd::Test::wait_until(sub { !Inftpd::Test::is_alive($helper) }),
	    'and its helper');
	$s->check;
}

# A listing of which nobody reads, and the client leaves.
$server->file(sprintf "many/%0200d", $_) for 1 .. 3000;
my $s = $server->login('alice');
my $helper = $s->helper;
$port = $s->pasv_port;
my $narrow = IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => $port);
$s->expect('LIST many', 150);
$s->expect('STAT', 211, undef, 'STAT while a listing stands still');
$s->hang_up;
is($s->exit_status, 0, 'hanging up during a listing that stands still');
ok(Inftpd::Test::wait_until(sub { !Inftpd::Test::is_alive($helper) }),
    'ends the helper, too');
$s->check;
$c->quit;

# And now the time-outs.
$never->expect_reply(425, undef, 'accept_timeout: 425');
ok(!$never->dial($never_port), 'the port is closed');
$never->expect('NOOP', 200);
$never_stor->expect_reply(425, undef, 'accept_timeout of an upload: 425');
is($quick->content('old'), 'old content', 'the old file is whole');
$silent->expect_reply(425, undef, 'connect_timeout: 425');
$stalled->expect_reply(426, undef, 'data_connection_timeout: 426');
$stalled->expect('NOOP', 200);
$mute->expect_reply(426, undef, 'data_connection_timeout of an upload: 426');
is($quick->content('mute'), 'half', 'what came is kept');
$shy->expect_reply(421, undef, 'login_timeout: 421');
$shy->expect_end;
$half->expect_reply(421, undef, 'login_timeout after USER: 421');
$half->expect_end;
$idle->expect_reply(421, undef, 'idle_session_timeout: 421');
$idle->expect_end;
is($_->exit_status, 0, 'and ends') for $shy, $half, $idle;
Inftpd::Test::Client::write_all($busy_data, 'more');
close $busy_data;
$busy->expect_reply(226, undef, 'a transfer is no idleness');
$busy->expect('NOOP', 200);
is($idle_server->content('slow'), 'more');
$_->quit for $never, $never_stor, $silent, $stalled, $mute;
$_->done for $quick, $idle_server, $server;
done_testing;
