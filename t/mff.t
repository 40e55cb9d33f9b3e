#!/usr/bin/perl
# Transcript tier, no root: MFF, several facts of a file at once.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(users => { alice => {},
    bob => { chmod_enable => 'NO' }, carol => { mdtm_write => 'NO' } });
my $file = $server->file('file', 'x');

sub state_of {
	my @st = stat $file;

	return sprintf '%o %d', $st[2] & 07777, $st[9];
}

$server->file('two words', 'x');
chmod 0644, $file;
my $c = $server->connect;
$c->expect('MFF Modify=20090213233130; file', 530);
$c->login('alice');
$c->expect('MFF Modify=20090213233130;UNIX.mode=640; file', 213,
    'Modify=20090213233130;UNIX.mode=0640; file');
is(state_of(), '640 1234567890', 'both are set');
$c->expect('mff unix.MODE=0600; file', 213, 'UNIX.mode=0600; file');
is(state_of(), '600 1234567890', 'one alone');
$c->expect('MFF modify=20090213233131.5; file', 213, 'Modify=20090213233131; file');
is(state_of(), '600 1234567891', 'the other alone');
$c->expect('MFF UNIX.mode=604; two words', 213, undef, 'a name with a blank');

# What cannot be done changes nothing at all.
for my $facts ('UNIX.owner=root;', 'Modify=20100101000000;Create=20100101000000;',
    'Create=20100101000000;Modify=20100101000000;', 'Size=5;', 'X=;') {
	$c->expect("MFF $facts file", 504);
}
for my $text ('', 'file', ' file', 'Modify=20100101000000', '; file',
    'Modify=20100101000000 file', 'Modify=2010; file', 'Modify=; file',
    'UNIX.mode=888; file', 'UNIX.mode=abc; file', 'UNIX.mode=77777; file',
    'UNIX.mode=600;', 'UNIX.mode=600; ', 'UNIX.mode; file',
    'UNIX.mode=600;UNIX.mode=644; file',
    'Modify=20100101000000;Modify=20100101000000; file',
    'Modify=20101301000000; file', 'UNIX.mode= 600; file') {
	$c->expect("MFF $text", 501);
}
$c->expect('MFF UNIX.mode=644; missing', 550);
$server->dir('d' x 200);
$c->expect('CWD ' . 'd' x 200, 250);
$c->expect('MFF UNIX.mode=644; ' . 'n/' x 2000 . 'n', 553);
$c->expect('CWD /', 250);
is(state_of(), '600 1234567891', 'as it was');
my @lines = $c->expect('FEAT', 211);
ok((grep { $_ eq ' MFF Modify;UNIX.mode;' } @lines), 'FEAT');
$c->quit;

# Each fact has its right.
$c = $server->login('bob');
$c->expect('MFF Modify=20100101000000;UNIX.mode=644; file', 550);
is(state_of(), '600 1234567891', 'chmod_enable=NO: not even the time');
$c->expect('MFF Modify=20090213233130; file', 213, undef, 'but the time alone');
@lines = $c->expect('FEAT', 211);
ok((grep { $_ eq ' MFF Modify;' } @lines), 'as FEAT says');
$c->quit;
for my $who ('carol', 'anonymous') {
	$c = $server->login($who);
	$c->expect('MFF Modify=20100101000000; file', 550);
	@lines = $c->expect('FEAT', 211);
	is((grep { /^ (MFF|MFMT)/ } @lines), 0, "$who: FEAT leaves it out");
	@lines = $c->expect('HELP', 214);
	is((grep { /\b(MFF|MFMT)\b/ } @lines), 0, "$who: and so does HELP");
	$c->quit;
}
is(state_of(), '600 1234567890', 'as bob left it');
done_testing;
