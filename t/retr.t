#!/usr/bin/perl
# Transcript tier, no root: RETR.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $bytes = join '', map { chr } 0 .. 255;

$server->file('file', $bytes);
$server->file('dir/two words', 'x');
$server->file('secret', 'x');
chmod 0600, $server->data('secret');
symlink 'dir/two words', $server->data('link');
symlink '/file', $server->data('absolute');
symlink '../../../../../etc/passwd', $server->data('outside');
symlink 'loop', $server->data('loop');
POSIX::mkfifo($server->data('fifo'), 0644);
my $c = $server->connect;
$c->expect('RETR file', 530);
$c->login('alice');
$c->expect('RETR', 501);
$c->expect('TYPE I', 200);
for my $how ('pasv', 'epsv', 'port', 'eprt') {
	my ($got, $code, undef, $text) = $c->retr('file', $how);
	ok($got eq $bytes, "every byte over $how");
	is($code, 226);
	is($text, 'Opening BINARY mode data connection for file (256 bytes).');
}
is(($c->retr('dir/two words'))[0], 'x', 'a name with a blank');
is(($c->retr('link'))[0], 'x', 'through a link');
ok(($c->retr('absolute'))[0] eq $bytes, 'an absolute link starts at the root');
for my $refused (['missing', 'No such file or directory.'],
    ['dir', 'Is a directory.'], ['file/x', 'Not a directory.'],
    ['fifo', 'Not a plain file.'], ['loop', 'Too many symbolic links.'],
    ['outside', 'No such file or directory.'], ['/', 'Is a directory.'],
    ['*', 'No such file or directory.']) {
	my $data = $c->pasv;
	$c->expect("RETR $refused->[0]", 550, $refused->[1]);
	is(Inftpd::Test::Client::drain($data), '', 'and no data connection');
}
$c->expect('RETR file', 425, undef, 'RETR without PASV or PORT');
$c->expect('RETR missing', 550, undef, 'a missing file goes first');
$c->expect('RETR ' . 'n' x 256, 553);
chmod 0, $server->data('secret');
$c->expect('RETR secret', 550, 'Permission denied.');
chmod 0600, $server->data('secret');
$c->pasv;
is(($c->retr('secret'))[1], 226, 'a file of one\'s own');
$c->quit;

# anon_world_readable_only, download_enable
$c = $server->login('anonymous');
$c->expect('RETR secret', 550, 'Permission denied.');
is(($c->retr('file'))[1], 226, 'anonymous reads what others may');
$c->quit;
$server->user('bob', download_enable => 'NO');
$c = $server->login('bob');
$c->expect('RETR file', 550, 'Permission denied.');
$c->quit;
$server->user('bob', use_sendfile => 'NO');
$c = $server->login('bob');
ok(($c->retr('file'))[0] eq $bytes, 'use_sendfile=NO');
$c->quit;
done_testing;
