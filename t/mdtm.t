#!/usr/bin/perl
# Transcript tier, no root: MDTM (RFC 3659 section 3), and setting a time
# with it (mdtm_write).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $time = 1234567890; # 20090213233130

utime $time, $time, $server->file('file', 'x');
utime $time, $time, $server->file('two words', 'x');
utime 0, 0, $server->file('old', 'x');
utime $time, 4102444800, $server->file('20200101000000 file', 'x');
my $c = $server->login('alice');
$c->expect('MDTM', 501);
$c->expect('MDTM file', 213, '20090213233130');
$c->expect('MDTM two words', 213, '20090213233130');
$c->expect('MDTM old', 213, '19700101000000');
$c->expect('MDTM missing', 550, 'No such file or directory.');
$c->expect('MDTM 20200101000000 file', 213, '21000101000000',
    'a file of that name goes first');

# Setting.
$c->expect('MDTM 20101112131415 file', 213, '20101112131415');
is((stat $server->data('file'))[9], 1289567655, 'the time is set, in UTC');
$c->expect('MDTM 20101112131415.123 file', 213, undef, 'with a fraction');
$c->expect('MDTM 20101112131415 two words', 213);
is((stat $server->data('two words'))[9], 1289567655, 'a name with a blank');
$c->expect('MDTM 20101112131415 missing', 550);
$c->expect('MDTM 20101312131415 file', 550, undef, 'month 13 is no time');
$c->expect('MDTM 20100231131415 file', 550, undef, '31 February neither');
$c->expect('MDTM 2010111213141 file', 550, undef, 'nor are 13 digits');
$c->expect('MDTM 20101112131415', 550, undef, 'a time and no name');
is((stat $server->data('file'))[9], 1289567655, 'and nothing is changed');
$c->quit;

$c = $server->login('anonymous');
$c->expect('MDTM old', 213, '19700101000000', 'anonymous may ask');
$c->expect('MDTM 20101112131415 old', 550, undef, 'and not set');
is((stat $server->data('old'))[9], 0, 'the time is as it was');
$c->quit;

$server->user('bob', mdtm_write => 'NO');
$c = $server->login('bob');
$c->expect('MDTM 20101112131415 old', 550, undef, 'mdtm_write=NO');
is((stat $server->data('old'))[9], 0, 'the time is as it was');
$c->quit;
# vsftpd takes a date, or a time without seconds, as well.
$c = $server->login('alice');
$server->file('short', 'x');
for my $pair (['20200102', '20200102000000'], ['202001020304', '20200102030400'],
    ['20200102030405', '20200102030405']) {
	$c->expect("MDTM $pair->[0] short", 213, $pair->[1]);
	$c->expect('MDTM short', 213, $pair->[1]);
}
$c->expect("MDTM $_ short", 550) for '2020', '2020010', '20201301', '2020010203',
    '202001020360';
$c->expect('MDTM short', 213, '20200102030405');
$c->quit;
done_testing;
