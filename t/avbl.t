#!/usr/bin/perl
# Transcript tier, no root: AVBL, the bytes that could still be stored.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new(conf => { deny_file => '{denied}' });

$server->file('file', 'x');
$server->dir($_) for 'dir', 'denied';
symlink '/proc', $server->data('outside');
my ($free) = (split ' ', (`df -B1 --output=avail '@{[$server->data]}'`)[1]);
my $c = $server->connect;
$c->expect('AVBL', 530);
$c->login('alice');
my ($code, $text) = $c->cmd('AVBL');
is($code, 213);
like($text, qr/^\d+$/, 'a number and nothing else');
# Others write here, too.
cmp_ok(abs($text - $free), '<', 0.5 * $free + 1e9, "about the $free of df");
$c->expect("AVBL $_", 213, qr/^\d+$/) for 'dir', '/', '/dir';
$c->expect("AVBL $_", 550) for 'file', 'missing', 'denied', 'outside';
$c->quit;
$c = $server->login('anonymous');
$c->expect('AVBL', 550, undef, 'who may not store need not know');
$c->quit;
done_testing;
