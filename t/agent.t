#!/usr/bin/perl
# Transcript tier, no root: the helper dies. 421, and the session ends.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

truncate $server->file('large'), 1 << 30;
$server->file('file', 'x');

# Before login, and logged in.
for my $state ('before login', 'logged in') {
	my $c = $state eq 'logged in' ? $server->login('alice') : $server->connect;

	# An answer: the session has begun, its helper is awaited no more.
	$c->expect('NOOP', 200);
	my $helper = $c->helper;

	ok($helper, 'there is a helper');
	kill 'KILL', $helper;
	$c->expect_reply(421, undef, "$state: 421 at once");
	$c->expect_end;
	is($c->exit_status, 0, 'and the session ends');
	like($c->log, qr/the helper has ended.*--check-config/, 'the log says why');
	$c->check;
}

# During each kind of transfer, and while a data connection is awaited.
for my $line ('RETR large', 'STOR up', 'LIST', 'awaited') {
	my $c = $server->login('alice');
	my $helper = $c->helper;

	if ($line eq 'LIST') {
		$server->file(sprintf "many/%0200d", $_) for 1 .. 3000;
	}
	my $data = $line eq 'awaited' ? $c->pasv_port : $c->pasv;
	$c->expect($line eq 'awaited' ? 'RETR file'
	    : $line eq 'LIST' ? 'LIST many' : $line, 150);
	kill 'KILL', $helper;
	if ($line eq 'LIST') {
		# The listing ends early, then the session.
		Inftpd::Test::Client::drain($data);
		my @codes;
		while (my ($code) = $c->reply) {
			last if $code eq '';
			push @codes, $code;
		}
		# 226 if the listing's end was seen before the helper's.
		like("@codes", qr/^(226 )?421$/, 'LIST: 421');
	} else {
		$c->expect_reply(421, undef, "$line: 421");
	}
	$c->expect_end;
	is($c->exit_status, 0, 'and the session ends');
	$c->check;
}

# While a command waits for its answer.
for my $line ('SIZE file', 'CWD /', 'LIST', 'RETR file', 'STOR up') {
	my $c = $server->login('alice');
	my $helper = $c->helper;

	$c->pasv if $line =~ /LIST|RETR|STOR/;
	kill 'STOP', $helper;
	$c->raw("$line\r\n");
	ok(Inftpd::Test::wait_until(sub { Inftpd::Test::is_asleep($c->pid) }));
	kill 'KILL', $helper;
	$c->expect_reply(421, undef, "$line is waiting: 421");
	$c->expect_end;
	is($c->exit_status, 0, 'and the session ends');
	$c->check;
}

# The same in AUTH TLS: no certificate is missed there.
my $tls = Inftpd::Test->new(conf => { ssl_enable => 'YES',
    rsa_cert_file => '/nonexistent' });
my $c = $tls->connect;
my $helper = $c->helper;
$c->expect('NOOP', 200);
kill 'STOP', $helper;
$c->raw("AUTH TLS\r\n");
ok(Inftpd::Test::wait_until(sub { Inftpd::Test::is_asleep($c->pid) }));
kill 'KILL', $helper;
$c->expect_reply(431, undef, 'AUTH TLS is waiting: 431');
$c->expect_reply(421, undef, 'and 421');
$c->expect_end;
unlike($c->log, qr/no certificate/, 'the log speaks of no certificate');
$c->check;
$tls->done;

# Helpers end where there is no client; then his going is all that there is to
# tell, also with lines of his still to be read.
$c = $server->connect;
$c->expect('NOOP', 200);
$helper = $c->helper;
kill 'STOP', $c->pid;
$c->raw("NOOP\r\n");
$c->reset;
kill 'KILL', $helper;
kill 'CONT', $c->pid;
is($c->exit_status, 0, 'a client who has gone with his helper');
unlike($c->log, qr/helper/, 'the log has nothing of a helper');
$c->check;

# A helper that is stopped: the client's leaving still ends the session.
$c = $server->login('alice');
$helper = $c->helper;
kill 'STOP', $helper;
$c->expect('NOOP', 200, undef, 'what needs no helper is answered');
$c->hang_up;
is($c->exit_status, 0, 'and the session ends');
kill 'CONT', $helper;
ok(Inftpd::Test::wait_until(sub { !Inftpd::Test::is_alive($helper) }),
    'and so does the helper');
$c->check;

# ftpd dies: its helper follows.
$c = $server->login('alice');
$helper = $c->helper;
kill 'KILL', $c->pid;
ok(Inftpd::Test::wait_until(sub { !Inftpd::Test::is_alive($helper) }),
    'a helper does not outlive its ftpd');
$c->exit_status;
$c->{checked} = 1;

# Two processes a session, and no more.
$c = $server->login('alice');
is(scalar(Inftpd::Test::children_of($c->pid)), 1, 'one helper a session');
is(scalar(Inftpd::Test::children_of($c->helper)), 0, 'which has no child');
$c->quit;
$server->done;
done_testing;
