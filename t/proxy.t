#!/usr/bin/perl
# Transcript tier, no root: proxy_protocol and proxy_trusted, with headers made
# by hand. The proxy is 127.0.0.1, its client 127.0.0.9.
# directive: proxy_protocol, proxy_trusted

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Socket qw(inet_aton inet_pton AF_INET AF_INET6);
use Test::More;

my %conf = (proxy_protocol => 'YES', proxy_trusted => '192.0.2.0/24, 127.0.0.1');
my $server = Inftpd::Test->new(conf => \%conf);
my $hasty = Inftpd::Test->new(conf => { %conf, login_timeout => 1 });
$server->file('file', 'text');

sub v1 {
	my ($from, $to, $family) = @_;

	return sprintf "PROXY %s %s %s 50000 21\r\n", $family // 'TCP4',
	    $from // '127.0.0.9', $to // '127.0.0.1';
}

sub v2 {
	my ($command, $kind, $rest) = @_;

	return "\r\n\r\n\0\r\nQUIT\n" .
	    pack('CCn', $command, $kind, length $rest) . $rest;
}

my $v2 = v2(0x21, 0x11, inet_aton('127.0.0.9') . inet_aton('127.0.0.1') .
    pack('nn', 50000, 21));

# A connection that says this first, and its first reply.
sub after {
	my ($bytes, $at, %arg) = @_;
	my $c = ($at // $server)->start(%arg);

	$c->raw($bytes);
	return ($c, ($c->reply)[0, 1]);
}

sub greeted {
	my ($c, $code, $text) = after(@_);

	die "greeted with $code $text\n" . $c->log if $code ne 220;
	return $c;
}

sub refused {
	my ($name, $reason, @how) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($c, $code) = after(@how);

	is($code, 421, "$name: 421") or diag $c->log;
	$c->expect_end("$name: and the end");
	like($c->log, qr/: proxy: .*$reason/, "$name: the log says why");
	$c->exit_status;
	$c->{checked} = 1;
}

# --- headers ------------------------------------------------------------------

for my $header (v1(), $v2, v2(0x21, 0x11, substr($v2, 16) . "\4\0\2..")) {
	my $name = $header =~ /^P/ ? 'version 1' : 'version 2';
	my $c = greeted($header);
	$c->login('alice');
	is(($c->retr('file', 'client_port'))[0], 'text',
	    "$name: active data go to the client");
	like($c->log, qr/127\.0\.0\.9: login: .*alice/,
	    'the log has the client');
	unlike($c->log, qr/127\.0\.0\.1:/, 'and not the proxy');
	$c->quit;
}

my $c = $server->start;
for my $byte (split //, v1()) {
	$c->raw($byte);
	Time::HiRes::sleep(0.001);
}
$c->expect_reply(220, undef, 'a header byte by byte');
$c->quit;
$c = greeted($v2 . "USER alice\r\nPASS secret\r\nPWD\r\n");
$c->expect_reply($_, undef, 'commands at once behind the header') for 331, 230,
    257;
$c->quit;

for my $nobody ("PROXY UNKNOWN\r\n", v2(0x20, 0, ''), v2(0x21, 0, '')) {
	$c = greeted($nobody);
	$c->login('alice');
	is(($c->retr('file'))[0], 'text',
	    'a header for nobody: the connection is what it is');
	$c->quit;
}

refused('a client without', 'no PROXY header', "USER anonymous\r\n");
refused('HTTP', 'no PROXY header', "GET / HTTP/1.0\r\n\r\n");
refused('a bad address', 'no PROXY header', v1('127.0.0.300'));
refused('a family too much', 'no PROXY header',
    v2(0x21, 0x31, "\0" x 216));
refused('an endless line', 'no PROXY header', 'PROXY ' . 'x' x 200);
refused('half a header', 'in time', 'PROXY TCP4 127.0', $hasty);
refused('silence', 'in time', '', $hasty);
refused('another address', 'not in proxy_trusted', v1(), $server,
    from => '127.0.0.2');

$c = $server->start;
$c->raw('PROXY TCP4 ');
shutdown $c->socket, 1;
is(($c->reply)[0], 421, 'who leaves in the middle');
$c->exit_status;
$c->{checked} = 1;

# --- data connections ---------------------------------------------------------

$c = greeted(v1());
$c->login('alice');

# RETR with a data connection of ours: what comes.
sub fetch_from {
	my ($from, $first) = @_;
	my $port = $c->pasv_port;
	my $data = $c->dial($port, $from) or return undef;

	Inftpd::Test::Client::write_all($data, $first) if length $first;
	my ($code) = $c->cmd('RETR file');
	my $bytes = Inftpd::Test::Client::drain($data);
	return $bytes if $bytes eq '' && $code eq 150;
	$c->expect_reply(226);
	return $bytes;
}

is(fetch_from('127.0.0.9', ''), 'text', 'passive: from the client itself');
is(fetch_from('127.0.0.1', v1()), 'text', 'through the proxy, with a header');
is(fetch_from('127.0.0.1', $v2), 'text', 'of either version');
for my $thief (['127.0.0.8', ''], ['127.0.0.1', v1('127.0.0.8')],
    ['127.0.0.1', "no header at all\r\n"], ['127.0.0.1', v1('::1', '::1', 'TCP6')]) {
	is(fetch_from(@$thief), '', "not from $thief->[0] with " .
	    ($thief->[1] =~ s/\r\n//r || 'nothing'));
	$c->raw("ABOR\r\n");
	$c->expect_reply(426, undef, 'no connection has come about');
	$c->expect_reply(226);
}
like($c->log, qr/data-refused: .*127\.0\.0\.8/, 'the log says so');
like($c->log, qr/data-refused: .*PROXY header/, 'in both cases');

# The right one comes after the wrong one, and both after 150.
my $port = $c->pasv_port;
$c->expect('RETR file', 150);
my @data = map { $c->dial($port, '127.0.0.1') } 1 .. 2;
Inftpd::Test::Client::write_all($data[0], v1('127.0.0.8'));
is(Inftpd::Test::Client::drain($data[0]), '', 'the thief gets nothing');
Inftpd::Test::Client::write_all($data[1], v1());
is(Inftpd::Test::Client::drain($data[1]), 'text', 'who comes next does');
$c->expect_reply(226);

$port = $c->pasv_port;
my $data = $c->dial($port, '127.0.0.1');
Inftpd::Test::Client::write_all($data, $v2 . 'stored');
$c->expect('STOR up', 150);
close $data;
$c->expect_reply(226);
is($server->content('up'), 'stored', 'an upload has its own bytes only');
$c->expect('PORT 127,0,0,1,200,0', 500, undef, 'PORT to the proxy');
$c->expect('PORT 127,0,0,8,200,0', 500, undef, 'or to others');
$c->quit;

# A client with an address of the other family.
$c = greeted(v1('2001:db8::9', '2001:db8::1', 'TCP6'));
$c->login('alice');
like($c->log, qr/2001:db8::9: login/, 'an IPv6 client by IPv4');
$c->expect('PASV', 522);
$port = $c->epsv_port;
$data = $c->dial($port);
Inftpd::Test::Client::write_all($data, v1('2001:db8::9', '2001:db8::1', 'TCP6'));
$c->expect('RETR file', 150);
is(Inftpd::Test::Client::drain($data), 'text', 'and its data by the proxy');
$c->expect_reply(226);
$c->quit;

# What the client called is what PASV tells.
$c = greeted(v1('127.0.0.9', '198.51.100.2'));
$c->login('alice');
$c->expect('PASV', 227, qr/\(198,51,100,2,/);
$c->quit;

# --- settings -----------------------------------------------------------------

my $two = Inftpd::Test->new(conf => { %conf, max_per_ip => 1 });
$c = greeted(v1(), $two);
my ($second, $code) = after(v1(), $two);
is($code, 421, 'max_per_ip counts the client');
$second->exit_status;
my $other = greeted(v1('127.0.0.10'), $two);
$_->quit for $c, $other;
$c = greeted(v1(), $two);
$c->quit('a place that is free again');

mkdir "$two->{dir}/conf/net.d";
mkdir "$two->{dir}/conf/host.d";
mkdir "$two->{dir}/conf/host.d/198.51.100.2";
$two->write_conf('net.d/127.0.0.9.conf', { dirlist_enable => 'NO' });
$two->write_conf('host.d/198.51.100.2/a.conf', { download_enable => 'NO',
    pasv_enable => 'NO' });
$two->file('file', 'x');
for my $case (['127.0.0.9', '198.51.100.3', 550, 425],
    ['127.0.0.10', '198.51.100.2', 425, 550]) {
	my ($from, $to, $list, $retr) = @$case;
	$c = greeted(v1($from, $to), $two);
	$c->login('anonymous');
	for (['LIST', $list], ['RETR file', $retr]) {
		$c->cmd("PORT " . Inftpd::Test::Client::port_text($from, 50001));
		# Nobody listens there: 425 is what is allowed.
		my ($code) = $c->cmd($_->[0]);
		is($code, $_->[1], "$_->[0] from $from to $to");
	}
	$c->quit;
}

# HOST goes on from the address that was called.
mkdir "$two->{dir}/conf/host.d/ftp.example.org";
$two->write_conf('host.d/ftp.example.org/a.conf', { dirlist_enable => 'NO' });
$c = greeted(v1('127.0.0.10', '198.51.100.2'), $two);
$c->expect('HOST ftp.example.org', 220);
$c->login('anonymous');
$c->expect('PORT ' . Inftpd::Test::Client::port_text('127.0.0.10', 50001), 200);
$c->expect('LIST', 550, undef, 'the settings of the host that HOST named');
$c->expect('PORT ' . Inftpd::Test::Client::port_text('127.0.0.10', 50001), 200);
$c->expect('RETR file', 425, undef, 'and not those of the address');
$c->expect('PASV', 227, undef, 'on neither side');
$c->quit;

SKIP: {
	require Inftpd::TLS;
	skip Inftpd::TLS::lacks(), 1 if Inftpd::TLS::lacks();
	my $dir = File::Temp->newdir;
	my $pair = Inftpd::TLS::pair($dir, 'server');
	my $tls = Inftpd::Test->new(conf => {
	    Inftpd::TLS::conf($pair, %conf, implicit_ssl => 'YES') });
	$tls->file('file', 'text');
	my $c = $tls->start;
	$c->raw($v2);
	$c = Inftpd::TLS->over($c);
	ok($c->shake_hands, 'implicit TLS behind the header') or diag $c->log;
	$c->expect_reply(220);
	$c->login('alice');
	$c->protect;
	my $listener = port_of($c);
	$c->expect('RETR file', 150);
	my $end = $c->accept($listener);
	ok($c->wrap($end), 'and of its data');
	is(Inftpd::Test::Client::drain($end), 'text');
	$end->close(SSL_fast_shutdown => 1);
	$c->expect_reply(226);
	$c->quit;
	$tls->done;
}

my %wrong = (
	'nobody could connect' => { proxy_protocol => 'YES' },
	'not a list of networks' => { proxy_trusted => '192.0.2.0/33' },
	'not a list of' => { proxy_trusted => 'localhost' },
	'not a list' => { proxy_trusted => '192.0.2.1/24' },
);
for my $message (sort keys %wrong) {
	my ($c) = Inftpd::Test->new(conf => $wrong{$message})->start;
	is(($c->reply)[0], 421);
	like($c->log, qr/inftpd\.conf:\d+: proxy_\w+: $message/, $message);
	$c->exit_status;
}

# A listener at the client's address, and PORT for it.
sub port_of {
	my ($c) = @_;
	my $listener = IO::Socket::IP->new(LocalHost => '127.0.0.9',
	    LocalPort => 0, Listen => 1) or die "listen: $@";

	$c->expect('PORT ' . Inftpd::Test::Client::port_text('127.0.0.9',
	    $listener->sockport), 200);
	return $listener;
}

sub Inftpd::Test::Client::client_port { return port_of($_[0]) }

$_->done for $server, $two, $hasty;
done_testing;
