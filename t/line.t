#!/usr/bin/perl
# Transcript tier, no root: from bytes to command lines. Splits, pipelines,
# lines too long, bytes that are none of a line, TELNET, other protocols.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

# One byte at a time, with a pause that makes it a segment of its own.
for my $byte (split //, "USER alice\r\nPASS secret\r\n") {
	$c->raw($byte);
	Time::HiRes::sleep(0.002);
}
$c->expect_reply(331, undef, 'split at every byte');
$c->expect_reply(230);
$c->raw('NO');
Time::HiRes::sleep(0.02);
$c->raw("OP\r");
Time::HiRes::sleep(0.02);
$c->raw("\n");
$c->expect_reply(200, undef, 'split between CR and LF');
for my $at (1 .. 12) {
	my $two = "MKD x$at\r\nPWD\r\n";
	$c->raw(substr $two, 0, $at);
	Time::HiRes::sleep(0.005);
	$c->raw(substr $two, $at);
	$c->expect_reply(257, qr/"\/x$at" created/, "two commands split at $at");
	$c->expect_reply(257, qr/current/);
}

# Many at once, answered in order.
$c->raw("NOOP\r\nPWD\r\nXYZZY\r\nSYST\r\n");
$c->expect_reply($_, undef, "pipelined: $_") for 200, 257, 500, 215;
$c->expect("NOOP\nPWD", 200, undef, 'a bare LF ends a line');
$c->expect_reply(257);

# Bytes that are none of a command.
my %names = map { $_ => 1 } $server->names('');
$c->expect("MKD a\0b", 501, undef, 'NUL');
$c->expect("MKD a\rb", 501, undef, 'CR within a line');
$c->expect("MKD a\r\0b", 501, undef, 'CR NUL, TELNET\'s bare CR');
$c->expect("MKD a\r", 501, undef, 'CR CR LF');
is_deeply({ map { $_ => 1 } $server->names('') }, \%names, 'made nothing');
$c->expect('', 500, undef, 'an empty line');
$c->expect("\t", 500);
$c->expect("NOOP\tx", 500, undef, 'a tab is no blank');

# 4096 bytes are a line, 4097 not, and nothing of it is run.
$c->expect('NOOP ' . 'x' x 4091, 200, undef, 'a line of 4096 bytes');
$c->expect('NOOP ' . 'x' x 4092, 500, qr/long/, 'one of 4097');
$c->expect('NOOP', 200);
for my $length (512, 4095, 4096, 4097, 8192, 16384, 100000) {
	my $tail = "MKD tail$length";
	$c->raw('x' x $length . "$tail\r\nNOOP\r\n");
	$c->expect_reply(500, undef, "$length bytes and a command: one 500");
	$c->expect_reply(200);
	ok(!-e $server->data("tail$length"), 'the tail is not run');
}
$c->quit;

# TELNET (RFC 959 5.3.1): options are refused, IAC IAC is a byte, the rest
# is passed over.
$c = $server->login('alice');
my ($iac, $dont, $do, $wont, $will) = map { chr } 255, 254, 253, 252, 251;
my $got = '';
$c->raw("${iac}${will}\x01${iac}${do}\x03NOOP\r\n");
ok(Inftpd::Test::wait_until(sub {
	Inftpd::Test::Client::read_some($c->socket, \$got, 0.01);
	return $got =~ /NOOP ok\.\r\n/ && $got =~ /\xff\xfc/ }));
is($got =~ s/200 NOOP ok\.\r\n//r, "${iac}${dont}\x01${iac}${wont}\x03",
    'WILL is answered by DONT, DO by WONT');
$c->expect("${iac}${wont}\x01${iac}${dont}\x03NO${iac}\xf1OP", 200, undef,
    'WONT, DONT and NOP are passed over');
$c->expect("MKD t${iac}${iac}", 257);
ok(-d $server->data("t\xff"), 'IAC IAC is one byte');
$c->expect("MKD ${iac}${iac}${iac}${iac}", 257);

# ABOR as RFC 959 has it: IAC IP, then IAC DM as urgent data, then ABOR.
truncate $server->file('large'), 1 << 30;
my $data = $c->pasv;
$c->expect('RETR large', 150);
$c->raw("${iac}\xf4${iac}");
send $c->socket, "\xf2", Socket::MSG_OOB();
$c->raw("ABOR\r\n");
$c->expect_reply(426, undef, 'ABOR behind IAC IP IAC DM, urgent');
$c->expect_reply(226);
Inftpd::Test::Client::drain($data);
$c->expect('NOOP', 200);
$c->expect("${iac}\xf4${iac}\xf2ABOR", 225, undef, 'the same, not urgent');
send $c->socket, "${iac}\xf4${iac}\xf2ABOR\r\n", Socket::MSG_OOB();
$c->expect_reply(225, undef, 'all of it urgent');
$c->quit;

# A flood of TELNET options is not answered without end.
$c = $server->connect;
$c->raw_while_reading("${iac}${do}\x01" x 100000 . "NOOP\r\n");
ok(Inftpd::Test::wait_until(sub {
	Inftpd::Test::Client::read_some($c->socket, \$c->{buffer}, 0.01);
	return $c->{buffer} =~ /200 NOOP ok\.\r\n/ }), 'a flood of options');
cmp_ok(length $c->{buffer}, '<=', 3 * 100000 + 100, 'no more out than in');
$c->{buffer} = '';
$c->quit;

# Other protocols are closed on, and hear nothing that they said.
for my $opening ('GET / HTTP/1.1', 'POST /x HTTP/1.1', 'HEAD / HTTP/1.0',
    'PUT / HTTP/1.1', 'OPTIONS * HTTP/1.1', 'CONNECT a:1 HTTP/1.1',
    'DELETE / HTTP/1.1', 'TRACE / HTTP/1.1', 'Host: victim.example',
    'EHLO victim.example', 'HELO x', 'get / HTTP/1.1') {
	$c = $server->connect;
	$c->raw("$opening\r\nUSER alice\r\nPASS secret\r\nMKD evil\r\n");
	$c->expect_end("$opening: closed, nothing said");
	$c->check;
}
ok(!-e $server->data('evil'), 'nothing was done');

# A browser's POST whose body speaks FTP.
$c = $server->connect;
$c->raw("POST / HTTP/1.1\r\nHost: x\r\n\r\nUSER alice\r\nPASS secret\r\n" .
    "MKD evil\r\nQUIT\r\n");
$c->expect_end('POST with FTP in its body');
$c->check;
ok(!-e $server->data('evil'), 'nothing was done');

# 100,000 commands in one write.
$c = $server->login('alice');
$c->raw_while_reading("NOOP\r\n" x 100000 . "PWD\r\n");
my $ok = 0;
for (1 .. 100000) {
	my ($code) = $c->reply;
	last if $code ne 200;
	$ok++;
}
is($ok, 100000, '100,000 NOOPs, 100,000 replies');
$c->expect_reply(257);
$c->quit;

# A client that asks and never reads keeps nobody busy, and may leave.
$c = $server->login('alice');
$c->socket->blocking(0);
for (1 .. 2000) {
	my $n = syswrite $c->socket, "STAT\r\n" x 1000;
	last unless defined $n;
}
$c->hang_up;
ok(defined $c->exit_status, 'one that never reads, and leaves');
$c->{checked} = 1;
done_testing;
