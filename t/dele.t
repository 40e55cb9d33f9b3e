#!/usr/bin/perl
# Transcript tier, no root: DELE.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file($_, 'x') for 'file', 'sub/file', 'target', '-rf';
my $c = $server->login('alice');
$c->expect('DELE', 501);
$c->expect('DELE file', 250, 'File deleted.');
ok(!-e $server->data('file'), 'it is gone');
$c->expect('DELE file', 550, 'No such file or directory.');
$c->expect('DELE sub', 550, 'Is a directory.');
$c->expect('DELE sub/file/', 250, undef, 'a slash at the end does no harm');
$c->expect('DELE target/x', 550, 'Not a directory.');
$c->expect('DELE -rf', 250, undef, 'a leading dash is part of a name');
$c->expect('DELE *', 550, undef, 'no patterns in DELE');
ok(-e $server->data('target'), 'other files stay');
symlink 'target', $server->data('link');
$c->expect('DELE link', 250, undef, 'a link is deleted');
ok(-e $server->data('target'), 'not what it leads to');
$c->expect('DELE /', 550);
mkdir $server->data('closed');
$server->file('closed/file', 'x');
chmod 0555, $server->data('closed');
$c->expect('DELE closed/file', 550, 'Permission denied.');
chmod 0755, $server->data('closed');
$c->quit;

$c = $server->login('anonymous');
$c->expect('DELE target', 550, 'Permission denied.');
ok(-e $server->data('target'), 'it is still there');
$c->quit;
done_testing;
