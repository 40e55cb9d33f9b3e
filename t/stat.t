#!/usr/bin/perl
# Transcript tier, no root: STAT, of the session and of paths.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('file', 'x' x 7);
$server->file('dir/one');
$server->file('dir/two');
$server->dir('empty');
my $c = $server->connect;
my @lines = $c->expect('STAT', 211);
like("@lines", qr/Not logged in/, 'before login');
$c->expect('STAT file', 530, undef, 'a path before login');
$c->expect('STAT -l', 530);
$c->login('alice');
@lines = $c->expect('STAT', 211, 'End of status');
is((grep { !/^ / } @lines[1 .. $#lines - 1]), 0, 'lines begin with a blank');
like("@lines", qr/Connected to 127\.0\.0\.1/);
like("@lines", qr/Logged in as alice/);
like("@lines", qr/TYPE: ASCII/);
like("@lines", qr/No transfer in progress/);
like("@lines", qr/MODE: Stream/);
like("@lines", qr/Control connection in the clear/);
like("@lines", qr/Data connections in the clear; the next one: not prepared/);
like("@lines", qr/Session timeout in seconds is 300/);
$c->expect('TYPE I', 200);
$c->expect('SITE IDLE 600', 200);
$c->pasv_port;
@lines = $c->expect('STAT', 211);
like("@lines", qr/TYPE: Image.*the next one: passive.*timeout in seconds is 600/s,
    'what has been set since');
$c->expect('PORT 127,0,0,1,200,0', 200);
@lines = $c->expect('STAT', 211);
like("@lines", qr/the next one: active/);
$c->retr('file');
@lines = $c->expect('STAT', 211);
like("@lines", qr/1 files, 7 bytes sent, 0 bytes received/, 'what was sent');

@lines = $c->expect('STAT file', 213, undef, 'a file is 213');
is(scalar @lines, 3);
like($lines[1], qr/^ -rw.* 7 .* file$/);
@lines = $c->expect('STAT dir', 212, undef, 'a directory is 212');
like($lines[1], qr/ one$/);
like($lines[2], qr/ two$/);
is(scalar @lines, 4);
@lines = $c->expect('STAT -a empty', 212);
is(scalar @lines, 4, '-a shows the two dots');
@lines = $c->expect('STAT empty', 212);
is(scalar @lines, 2, 'an empty directory');
$c->expect('STAT missing', 550);
@lines = $c->expect('STAT dir/t*', 213, undef, 'a pattern');
like($lines[1], qr{ dir/two$});
$server->file("many/$_") for 1 .. 2000;
@lines = $c->expect('STAT many', 212);
is(scalar @lines, 2002, '2000 lines in a reply');
$c->quit;
done_testing;
