#!/usr/bin/perl
# Transcript tier, no root: SMNT, known and not implemented, REIN, which is
# so after the login, and verbs that are not known.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->connect;

for my $state ('before login', 'logged in') {
	$c->login('alice') if $state eq 'logged in';
	$c->expect('REIN', $state eq 'logged in' ? 502 : 220, undef,
	    "REIN $state");
	$c->expect('SMNT /', 502, undef, "SMNT $state");
	$c->expect('XYZZY', 500, undef, "an unknown verb $state");
	$c->expect('RETRX file', 500, undef, "one that begins like another");
	$c->expect('', 500, undef, "an empty line $state");
	$c->expect(' NOOP', 500, undef, "a blank before the verb $state");
}
$c->expect('PWD', 257, undef, 'the session goes on');
$c->quit;

# What REIN takes back, and what it does not.
$c = $server->connect;
$c->expect('OPTS MLST size;', 200);
$c->expect('USER alice', 331);
$c->expect('PASS wrong', 530);
$c->expect('USER alice', 331);
$c->expect('REIN', 220, 'FTP server ready.', 'REIN greets again');
$c->expect('PASS secret', 503, undef, 'the name is forgotten');
my @lines = $c->expect('FEAT', 211);
ok((grep { /^ MLST type\*;size\*;/ } @lines), 'options are as they were');
$c->expect('USER alice', 331);
$c->expect('PASS wrong', 530);
$c->expect('REIN', 220);
$c->expect('USER alice', 331);
$c->expect('PASS wrong', 530);
$c->expect_reply(421, undef, 'wrong passwords are counted on');
$c->expect_end;
$c->check;

# Before login ten are enough: this is no FTP client.
$c = $server->connect;
$c->expect("WHAT$_", 500) for 1 .. 10;
$c->expect_reply(421, undef, '421 after ten unknown commands');
$c->expect_end;
$c->check;
$c = $server->login('alice');
$c->expect("WHAT$_", 500) for 1 .. 12;
$c->quit;
done_testing;
