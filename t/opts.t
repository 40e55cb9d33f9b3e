#!/usr/bin/perl
# Transcript tier, no root: OPTS (RFC 2389, RFC 3659 section 7.9).

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('file', 'x');
my $c = $server->connect;
$c->expect('OPTS', 501);
$c->expect('OPTS UTF8 ON', 200);
$c->expect('opts utf8 on', 200);
$c->expect('OPTS UTF8', 200);
$c->expect('OPTS UTF8 OFF', 501);
$c->expect('OPTS RETR x', 501);
$c->expect('OPTS XYZZY', 501);
$c->login('alice');
$c->expect('OPTS MLST size;type;', 200, 'MLST OPTS type;size;');
my @lines = $c->expect('MLST file', 250);
is($lines[1], ' type=file;size=1; /file', 'only the facts asked for');
$c->expect('OPTS MLST SIZE;nonsense;', 200, 'MLST OPTS size;');
@lines = $c->expect('MLST file', 250);
is($lines[1], ' size=1; /file', 'unknown facts are passed over');
$c->expect('OPTS MLST type; modify;', 501, undef, 'a blank is an error');
@lines = $c->expect('MLST file', 250);
is($lines[1], ' size=1; /file', 'which changes nothing');
$c->expect('OPTS MLST', 200, 'MLST OPTS');
@lines = $c->expect('MLST file', 250);
is($lines[1], '  /file', 'no facts: an empty list and a blank stay');
my ($list) = $c->list('MLSD');
is_deeply($list, [' file'], 'in MLSD, too, where nothing would tell . and .. from names');
$c->expect('OPTS MLST unix.MODE;Create;', 200, 'MLST OPTS create;UNIX.mode;');
$c->quit;
done_testing;
