#!/usr/bin/perl
# Transcript tier, no root: PASS. Right and wrong, twice, and the end after
# max_login_fails.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(conf => { max_login_fails => 3 });
my $c = $server->connect;

$c->expect('PASS secret', 503, 'Log in with USER first.');
$c->expect('USER alice', 331);
$c->expect('PASS wrong', 530, 'Login incorrect.');
$c->expect('PASS secret', 503, undef, 'USER is needed again');
$c->expect('USER alice', 331);
$c->expect('PASS secret', 230, 'Login successful.');
$c->expect('PASS secret', 503, 'Already logged in.');
$c->expect('NOOP', 200);
$c->quit;
like($c->log, qr/login-failed.*wrong password/, 'the log has the reason');
unlike($c->log, qr/secret/, 'and never a password');

# The same words, whatever was wrong; closed after the third.
$c = $server->connect;
$c->expect('USER nobody-knows-him', 331);
$c->expect('PASS secret', 530, 'Login incorrect.');
$c->expect('USER alice', 331);
$c->expect('PASS', 530, 'Login incorrect.', 'PASS without a password');
$c->expect('USER alice', 331);
$c->expect('PASS Secret', 530, 'Login incorrect.');
$c->expect_reply(421, undef, '421 after the third failure');
$c->expect_end;
$c->check;

$c = $server->connect;
$c->expect('USER alice', 331);
$c->expect('PASS ' . 'x' x 1024, 530, 'Login incorrect.',
    'a password longer than any');
$c->expect('USER alice', 331);
$c->expect('PASS ' . 'x' x 5000, 500, undef, 'one longer than a line');
$c->quit;

# Passwords are bytes: blanks and what looks like TELNET stay.
$server->user('bob', password =>
    crypt(" two  words \xfc", '$6$rounds=1000$inftpdtest$'));
$c = $server->connect;
$c->expect('USER bob', 331);
$c->expect("PASS  two  words \xfc", 230, undef, 'a password with blanks');
$c->quit;

# Anonymous: any password, as an e-mail address or none.
$c = $server->connect;
$c->expect('USER ftp', 331);
$c->expect('PASS', 230, undef, 'anonymous with an empty password');
$c->quit;

$server = Inftpd::Test->new(conf => { deny_email_enable => 'YES' });
$server->write_conf('conf.d/email.conf', { banned_email_file =>
    $server->file('banned', "mozilla\@example.com\n") });
$c = $server->connect;
$c->expect('USER anonymous', 331);
$c->expect('PASS mozilla@example.com', 530, undef, 'banned_email_file');
$c->expect('USER anonymous', 331);
$c->expect('PASS me@example.com', 230);
$c->quit;

# A drop-in of the user's that is wrong keeps him out, and the log says why.
$server->user('carl', no_such_directive => 'YES');
$c = $server->connect;
$c->expect('USER carl', 331);
$c->expect('PASS secret', 530);
$c->quit;
like($c->log, qr/no_such_directive/, 'the log names the bad directive');

# Hashes that match nothing.
for my $hash ('', '*', '!', '*0', 'x', '$6$', 'secret') {
	$server->user('dave', password => $hash);
	$c = $server->connect;
	$c->expect('USER dave', 331);
	$c->expect('PASS', 530, undef, "hash '$hash': no password");
	$c->expect('USER dave', 331);
	$c->expect("PASS $hash", 530, undef, "hash '$hash': itself");
	$c->quit;
}

# log_ftp_protocol shows the command, not the password.
$server = Inftpd::Test->new(conf => { log_ftp_protocol => 'YES' });
$c = $server->login('alice');
$c->quit;
like($c->log, qr/command: PASS <password>/, 'log_ftp_protocol masks PASS');
unlike($c->log, qr/secret/, 'the password is not in the log');
done_testing;
