#!/usr/bin/perl
# Transcript tier, no root: RNFR and RNTO, which belong together.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->file('a', 'one');
$server->file('b', 'two');
$server->file('dir/c', 'three');
my $c = $server->login('alice');
$c->expect('RNFR', 501);
$c->expect('RNTO', 501);
$c->expect('RNTO x', 503, 'RNFR is required first.');
$c->expect('RNFR missing', 550, 'No such file or directory.');
$c->expect('RNTO x', 503, undef, 'RNTO after a failed RNFR');
$c->expect('RNFR a', 350, 'Ready for RNTO.');
$c->expect('RNTO new', 250, 'Rename successful.');
is($server->content('new'), 'one', 'renamed');
$c->expect('RNTO newer', 503, undef, 'RNFR holds once');

# Any other command between the two takes the first one back.
$c->expect('RNFR new', 350);
$c->expect('NOOP', 200);
$c->expect('RNTO newer', 503, undef, 'RNTO after NOOP');

$c->expect('RNFR new', 350);
$c->expect('RNTO b', 250, undef, 'onto a file that is there');
is($server->content('b'), 'one', 'which is replaced');
$c->expect('RNFR b', 350);
$c->expect('RNTO dir/d', 250, undef, 'into another directory');
is($server->content('dir/d'), 'one');
$c->expect('RNFR dir/d', 350);
$c->expect('RNTO dir', 553, undef, 'a file onto a directory');
$c->expect('RNFR dir', 350);
$c->expect('RNTO missing/x', 553, 'No such file or directory.');
$c->expect('RNFR dir', 350);
$c->expect('RNTO dir/inside', 553, undef, 'a directory into itself');
$c->expect('RNFR dir', 350);
$c->expect('RNTO dir2', 250, undef, 'a directory');
is($server->content('dir2/d'), 'one', 'with what is in it');
$c->expect('RNFR dir2', 350);
$c->expect('RNTO ' . 'n' x 256, 553, 'File name too long.');
$c->expect('RNFR /', 350);
$c->expect('RNTO root', 553, undef, 'the root cannot be renamed');

# A link itself is renamed, also one that leads nowhere.
symlink 'nowhere', $server->data('dangling');
$c->expect('RNFR dangling', 350);
$c->expect('RNTO moved', 250);
is(readlink $server->data('moved'), 'nowhere', 'a dangling link is renamed');

# No patterns.
$c->expect('RNFR dir*', 550);
$c->quit;

$c = $server->login('anonymous');
$c->expect('RNFR dir2', 550, 'Permission denied.');
$c->expect('RNTO x', 550, 'Permission denied.');
$c->quit;

# Renaming needs no right to list.
$server->user('bob', dirlist_enable => 'NO');
$server->file('bobs', 'x');
$c = $server->login('bob');
$c->expect('RNFR bobs', 350, undef, 'RNFR with dirlist_enable=NO');
$c->expect('RNTO bobs2', 250);
$c->expect('RNFR missing', 550);
$c->quit;
done_testing;
