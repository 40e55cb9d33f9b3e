#!/usr/bin/perl
# Transcript tier, no root: RFC 1123 section 4.1, what hosts must and should
# do with RFC 959. Each test is a row of t/conformance/TABLE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib", "$FindBin::Bin/conformance";

use Conformance;
use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $ascii = Inftpd::Test->new(conf => { ascii_download_enable => 'YES',
    ascii_upload_enable => 'YES' });
my $drain = \&Inftpd::Test::Client::drain;

$server->file('file', 'content');
$server->file("dir/$_", $_) for 'one', 'two';
truncate $server->file('large'), 1 << 30 or die "truncate: $!";

sub alice { return session($server, 'alice') }

requirement 'RFC 1123 4.1.2.1: TYPE I and TYPE L 8 are the same' => sub {
	my $c = session($ascii, 'alice');

	$ascii->file('bytes', "a\nb\r\n\0\xff");
	for my $type ('I', 'L 8') {
		gives($c, "TYPE $type", 200);
		same(($c->retr('bytes'))[0], "a\nb\r\n\0\xff", $type);
	}
};
requirement 'RFC 1123 4.1.2.2: TYPE A T is as TYPE A N where there is no printer' => sub {
	my $c = session($ascii, 'alice');

	$ascii->file('text', "a\nb\n");
	gives($c, 'TYPE A T', 200);
	same(($c->retr('text'))[0], "a\r\nb\r\n", 'RETR');
};
requirement 'RFC 1123 4.1.2.3: page structure, of no use here, is refused' => sub {
	gives(alice(), 'STRU P', 504);
};
requirement 'RFC 1123 4.1.2.5: each transfer may have a PORT of its own' => sub {
	my $c = alice();

	same(($c->retr('file', 'port'))[0], 'content', "PORT $_") for 1 .. 3;
};
requirement 'RFC 1123 4.1.2.6: PASV is done, with a new port each time' => sub {
	my $c = alice();
	my %ports = map { $c->pasv_port => 1 } 1 .. 20;

	holds(keys %ports > 15, join ' ', keys %ports);
};
requirement 'RFC 1123 4.1.2.6: each transfer needs a PASV of its own' => sub {
	my $c = alice();

	same(($c->retr('file'))[0], 'content', 'with it');
	gives($c, 'RETR file', 425);
};
requirement 'RFC 1123 4.1.2.7: NLST has names and nothing else' => sub {
	my $c = alice();

	gives($c, 'CWD dir', 250);
	same(($c->fetch('NLST'))[0], "one\r\ntwo\r\n", 'NLST');
};
requirement 'RFC 1123 4.1.2.7: what NLST names, RETR fetches' => sub {
	my $c = alice();

	for my $line ('NLST dir', 'NLST /dir', 'NLST dir/*', 'NLST dir/one') {
		my ($names) = $c->list($line);
		holds(@$names, $line);
		same(($c->retr($_))[0], m{([^/]+)$}, $_) for @$names;
	}
};
requirement 'RFC 1123 4.1.2.7: LIST and NLST have CR LF in every TYPE' => sub {
	my $c = session($ascii, 'alice');

	$ascii->file('l/x');
	for my $type ('A', 'I') {
		gives($c, "TYPE $type", 200);
		same(($c->fetch('NLST l'))[0], "l/x\r\n", "NLST, TYPE $type");
		holds(($c->fetch('LIST l'))[0] =~ /\A[^\r\n]* x\r\n\z/, "LIST, TYPE $type");
	}
};
requirement 'RFC 1123 4.1.2.8: what is not in the standard is behind SITE' => sub {
	my $c = alice();

	holds((grep { /CHMOD.*IDLE.*UMASK/ } gives($c, 'SITE HELP', 214)), 'SITE HELP');
	gives($c, $_, 500) for 'CHMOD 644 file', 'UMASK 022', 'IDLE 60';
};
requirement 'RFC 1123 4.1.2.9: STOU tells the name as 150 FILE: name' => sub {
	my $c = alice();
	my (undef, undef, $text) = $c->send_file('STOU', 'unique');

	holds($text =~ /\AFILE: (\S+)\z/, $text);
	same($server->content($1), 'unique', 'content');
};
requirement 'RFC 1123 4.1.2.9: STOU in another directory tells a name that fits there' => sub {
	my $c = alice();
	my (undef, undef, $text) = $c->send_file('STOU dir/new', 'unique');

	holds($text =~ /\AFILE: (\S+)\z/, $text);
	same($server->content("dir/$1"), 'unique', 'content');
};
requirement 'RFC 1123 4.1.2.10: segments have nothing to do with lines' => sub {
	my $c = session($server);

	$c->raw('NO');
	Time::HiRes::sleep(0.01);
	$c->raw("OP\r");
	Time::HiRes::sleep(0.01);
	$c->raw("\nSYST\r\nNO");
	then_gives($c, $_) for 200, 215;
	$c->raw("OP\r\n");
	then_gives($c, 200);
};
requirement 'RFC 1123 4.1.2.10: many commands in one segment are all answered' => sub {
	my $c = session($server);

	$c->raw("NOOP\r\n" x 200);
	then_gives($c, 200) for 1 .. 200;
};
requirement 'RFC 1123 4.1.2.11: only well-formed replies, also to nonsense' => sub {
	my $c = alice();

	# The client dies of any other.
	$c->cmd($_) for 'x' x 5000, "\xff\xff", 'SITE', "CWD \x01\x02",
	    'STAT *', 'RETR %s%n', 'HELP ' . 'y' x 1000;
	gives($c, 'NOOP', 200);
};
requirement 'RFC 1123 4.1.2.11: no reply that nothing called for' => sub {
	my $c = alice();

	$c->retr('file');
	holds(!defined Inftpd::Test::Client::read_some($c->socket,
	    \$c->{buffer}, 0.2), 'silence');
};
requirement 'RFC 1123 4.1.2.11: what may pass by itself is 4xx' => sub {
	my $c = alice();
	my $other = alice();
	my $data = $c->pasv;

	gives($c, 'STOR busy', 150);
	$other->pasv;
	gives($other, 'RETR busy', 450);
};
requirement 'RFC 1123 4.1.2.12: data comes from the address of the control connection' => sub {
	my $c = session($server, 'alice', address => '127.0.0.2', from => '127.0.0.3');
	my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.3',
	    LocalPort => 0, Listen => 1) or die $@;

	gives($c, 'PORT ' . Inftpd::Test::Client::port_text('127.0.0.3',
	    $listener->sockport), 200);
	gives($c, 'RETR file', 150);
	my $data = $c->accept($listener);
	same($data->peerhost, '127.0.0.2', 'address');
	same($drain->($data), 'content', 'data');
	then_gives($c, 226);
};
requirement 'RFC 1123 4.1.2.12: PASV is at the address of the control connection' => sub {
	my $c = session($server, 'alice', address => '127.0.0.2', from => '127.0.0.2');
	my ($line) = gives($c, 'PASV', 227);

	holds($line =~ /\(127,0,0,2,(\d+),(\d+)\)/, $line);
	holds(!IO::Socket::IP->new(PeerHost => '127.0.0.1',
	    PeerPort => $1 * 256 + $2), 'it listens elsewhere, too');
	my $data = $c->dial($1 * 256 + $2, '127.0.0.2');
	gives($c, 'RETR file', 150);
	same($drain->($data), 'content', 'RETR');
	then_gives($c, 226);
};
requirement 'RFC 1123 4.1.2.12: TELNET options are refused with DONT and WONT' => sub {
	my $c = session($server);

	$c->raw("\xff\xfb\x01\xff\xfd\x03NOOP\r\n");
	my $got = bytes_until($c, qr/200 [^\n]*\n/);
	$got .= bytes_until($c, qr/\xff\xfc\x03/) unless $got =~ /\xff\xfc/;
	holds($got =~ /\xff\xfe\x01\xff\xfc\x03/, 'DONT and WONT');
};
requirement 'RFC 1123 4.1.2.12: TELNET IP and Synch are taken' => sub {
	my $c = session($server);

	$c->raw("\xff\xf4\xff");
	send $c->socket, "\xf2", Socket::MSG_OOB();
	gives($c, 'NOOP', 200);
};
requirement 'RFC 1123 4.1.2.13: the minimum has its verbs' => sub {
	my $c = alice();
	my $help = join ' ', gives($c, 'HELP', 214);

	holds($help =~ /\b$_\b/, $_) for qw(USER PASS ACCT PORT PASV TYPE MODE
		STRU RETR STOR APPE RNFR RNTO DELE CWD CDUP RMD MKD PWD LIST
		NLST SYST STAT HELP NOOP QUIT);
};
requirement 'RFC 1123 4.1.2.13: types A N, I and L 8, MODE S, STRU F' => sub {
	my $c = alice();

	gives($c, $_, 200) for 'TYPE A N', 'TYPE I', 'TYPE L 8', 'MODE S', 'STRU F';
};
requirement 'RFC 1123 4.1.3.1: XMKD, XRMD, XPWD, XCUP and XCWD are done' => sub {
	my $c = alice();

	gives($c, 'XMKD x', 257, qr{^"/x"});
	gives($c, 'XCWD x', 250);
	gives($c, 'XPWD', 257, qr{^"/x"});
	gives($c, 'XCUP', 250);
	gives($c, 'XRMD x', 250);
};
requirement 'RFC 1123 4.1.3.2: a session that is idle for long is ended' => sub {
	my $own = Inftpd::Test->new(conf => { idle_session_timeout => 1 });
	my $c = session($own, 'alice');

	then_gives($c, 421);
	same($c->line // 'end', 'end', 'then');
};
requirement 'RFC 1123 4.1.3.2: that is no less than five minutes by default' => sub {
	my $own = Inftpd::Test->new;
	my @lines = Inftpd::Test->output('--config', "$own->{dir}/conf", '--show-config');
	my ($seconds) = map { /^idle_session_timeout=(\d+)/ } @lines;

	holds(($seconds // 0) >= 300, $seconds // 'none');
};
requirement 'RFC 1123 4.1.3.2: a transfer is no idleness' => sub {
	my $own = Inftpd::Test->new(conf => { idle_session_timeout => 1 });
	my $c = session($own, 'alice');
	my $data = $c->pasv;

	gives($c, 'STOR slow', 150);
	Time::HiRes::sleep(1.3);
	Inftpd::Test::Client::write_all($data, 'late');
	close $data;
	then_gives($c, 226);
	same($own->content('slow'), 'late', 'content');
};
requirement 'RFC 1123 4.1.3.3: ABOR is obeyed behind commands that have to wait' => sub {
	my $c = session($server, 'alice');

	truncate $server->file('waits'), 1 << 33 or die "truncate: $!";
	my $data = $c->pasv;
	gives($c, 'RETR waits', 150);
	$c->raw("PWD\r\nSTAT\r\n");
	$c->raw("NOOP\r\nABOR\r\n");
	then_gives($c, $_) for 426, 257, 211, 200, 225;
};
requirement 'RFC 1123 4.1.3.3: STAT and ABOR are obeyed during a transfer' => sub {
	my $c = alice();
	my $data = $c->pasv;

	gives($c, 'RETR large', 150);
	gives($c, 'STAT', 211);
	$c->raw("ABOR\r\n");
	then_gives($c, $_) for 426, 226;
};
requirement 'RFC 1123 4.1.3.4: a position that cannot be is 554, at the transfer' => sub {
	my $c = alice();

	gives($c, 'REST 1000', 350);
	$c->pasv;
	gives($c, 'RETR file', 554);
};
not_done 'RFC 1123 4.1.2.4: record structure for files that have records',
    'the file system knows no records, so the section does not ask for it' => sub {
	gives(alice(), 'STRU R', 200);
};

$_->done for $server, $ascii;
done_testing;
