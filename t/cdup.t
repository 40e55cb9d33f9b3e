#!/usr/bin/perl
# Transcript tier, no root: CDUP.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;

$server->dir('a/b');
my $c = $server->login('alice');
$c->expect('CWD a/b', 250);
$c->expect('CDUP', 250);
$c->expect('PWD', 257, qr{^"/a" });
$c->expect('CDUP x', 501);
$c->expect('CDUP', 250);
$c->expect('CDUP', 250, undef, 'CDUP at the root stays there');
$c->expect('PWD', 257, qr{^"/" });

# Up is up in the path that PWD shows, whatever links were on the way.
symlink 'a/b', $server->data('link');
$c->expect('CWD link', 250);
$c->expect('PWD', 257, qr{^"/link" });
$c->expect('CDUP', 250);
$c->expect('PWD', 257, qr{^"/" });
$c->quit;
done_testing;
