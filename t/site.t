#!/usr/bin/perl
# Transcript tier, no root: SITE and its commands.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('file', 'x');
$server->file('two words', 'x');
$server->dir('dir');
my $c = $server->connect;
$c->expect('SITE HELP', 530);
$c->login('alice');
$c->expect('SITE', 501);
$c->expect('SITE XYZZY', 500);
my @lines = $c->expect('SITE HELP', 214);
like("@lines", qr/\b$_\b/, "SITE HELP names $_") for qw(CHMOD HELP IDLE UMASK UTIME);
$c->expect('site help chmod', 214, 'Syntax: CHMOD <mode> <path>');
$c->expect('SITE HELP XYZZY', 502);

sub mode { return sprintf '%04o', (stat $server->data($_[0]))[2] & 07777 }
$c->expect('SITE CHMOD 640 file', 200);
is(mode('file'), '0640', 'the mode is set');
$c->expect('SITE CHMOD 0604 two words', 200);
is(mode('two words'), '0604', 'a name with a blank');
$c->expect("SITE CHMOD $_", 501) for '', '640', '640 ', 'u+x file',
    '888 file', '64000 file', '-1 file';
$c->expect('SITE CHMOD 640 missing', 550);
is(mode('file'), '0640', 'nothing else changed');
$c->expect("SITE CHMOD $_ file", 550, undef, "$_ is not for files in a jail"),
    is(mode('file'), '0640') for 4755, 2755, 6777, 4640;
$c->expect("MFF UNIX.mode=4755; file", 550, undef, 'nor by MFF');
$c->expect('SITE CHMOD 1640 file', 200);
is(mode('file'), '1640', 'the sticky bit is harmless');
$c->expect('SITE CHMOD 640 file', 200);
$c->expect('SITE CHMOD 2755 dir', 200);
is(mode('dir'), '2755', "and a directory's group is inherited");
symlink '/etc/passwd', $server->data('outside');
$c->expect('SITE CHMOD 640 outside', 550, undef, 'a link out of the root');
$c->expect('SITE CHMOD 000 file', 200);
$c->expect('SITE CHMOD 600 file', 200, undef, 'a mode of 000 is no trap');

$c->expect('SITE UMASK', 200, 'UMASK is 022.', 'the mask that there is');
$c->expect('SITE UMASK 1000', 501);
$c->expect('SITE UMASK 8', 501);
$c->expect('SITE UMASK 27', 200, 'UMASK set to 027.');
$c->expect('SITE UMASK', 200, 'UMASK is 027.', 'is told as it is now');
is(($c->stor('masked', 'x'))[0], 226, 'STOR');
is(mode('masked'), '0640', 'with the new umask');
$c->expect('MKD maskdir', 257);
is(mode('maskdir'), '0750', 'and MKD');

# Both forms of UTIME that clients have.
sub mtime { return (stat $server->data($_[0]))[9] }
for my $case (['20090213233130 file', 1234567890], ['200902132331 file', 1234567860],
    ['20090213 file', 1234483200],
    ['file 20200101000000 20090213233131 20200101000000 UTC', 1234567891]) {
	my ($text, $time) = @$case;

	$c->expect("SITE UTIME $text", 200);
	is(mtime('file'), $time, 'the time is set');
}
$c->expect('SITE UTIME two words 20200101000000 20090213233130 20200101000000 utc',
    200);
is(mtime('two words'), 1234567890, 'a name with a blank');
$c->expect('SITE UTIME 20090213233130 two words', 200);
$c->expect("SITE UTIME $_", 501) for '', 'file', '20090213233130',
    '20090213233130 ', '2009 file', '20091301000000 file',
    'file 20090213233130 20090213233130 20090213233130',
    'file 20090213233130 20090213233130 UTC';
$c->expect('SITE UTIME 20090213233130 missing', 550);
is(mtime('file'), 1234567891, 'nothing else changed');

$c->expect('SITE IDLE', 200, 'Idle time-out is 300 seconds.');
$c->expect('SITE IDLE 600', 200);
$c->expect('SITE IDLE', 200, 'Idle time-out is 600 seconds.');
$c->expect("SITE IDLE $_", 501) for '29', '7201', 'x', '-1';
$c->quit;

# chmod_enable, and anonymous.
$server->user('bob', chmod_enable => 'NO');
$c = $server->login('bob');
$c->expect('SITE CHMOD 777 file', 550);
is(mode('file'), '0600', 'chmod_enable=NO');
$c->quit;
$c = $server->login('anonymous');
$c->expect('SITE CHMOD 777 file', 550);
$c->expect("SITE UMASK$_", 550) for '', ' 000';
$c->expect('SITE UTIME 20090213233130 file', 550);
@lines = $c->expect('SITE HELP', 214);
is((grep { /CHMOD|UMASK|UTIME/ } @lines), 0, 'SITE HELP leaves out what may not be');
$c->quit;

# cmds_denied takes all of SITE, or one of its commands.
$server = Inftpd::Test->new(conf => { cmds_denied => 'SITE' });
$c = $server->login('alice');
$c->expect('SITE HELP', 550);
$c->quit;
done_testing;
