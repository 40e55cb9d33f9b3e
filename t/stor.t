#!/usr/bin/perl
# Transcript tier, no root: STOR.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $bytes = join '', map { chr } 0 .. 255;

sub mode { return sprintf '%04o', (stat $server->data($_[0]))[2] & 07777 }

$server->dir('dir');
my $c = $server->connect;
$c->expect('STOR file', 530);
$c->login('alice');
$c->expect('STOR', 501);
$c->expect('TYPE I', 200);
for my $how ('pasv', 'epsv', 'port', 'eprt') {
	my ($code, undef, $text) = $c->stor("file-$how", $bytes, $how);
	is($code, 226, "STOR over $how");
	is($text, "Opening BINARY mode data connection for file-$how.");
	ok($server->content("file-$how") eq $bytes, 'every byte');
}
is(mode('file-pasv'), '0644', 'file_open_mode and local_umask');
is(($c->stor('file-pasv', 'short'))[0], 226, 'again');
is($server->content('file-pasv'), 'short', 'the old content is gone');
is(($c->stor('empty', ''))[0], 226);
is($server->content('empty'), '', 'nothing makes an empty file');
is(($c->stor('dir/two words', 'x'))[0], 226);
is($server->content('dir/two words'), 'x', 'a name with a blank');
is(($c->stor('../../up', 'x'))[0], 226);
is($server->content('up'), 'x', 'above the root is the root');
symlink 'nowhere', $server->data('dangling');
for my $refused ('dir', 'missing/file', 'up/file', '/', 'dangling', 'n' x 256) {
	my ($name, $code) = ($refused, 553);
	my $data = $c->pasv;
	is(($c->cmd("STOR $name"))[0], $code, 'STOR ' . substr $name, 0, 20);
	is(Inftpd::Test::Client::drain($data), '', 'and no data connection');
	# The same where the connection comes late: before 150.
	$c->pasv_port;
	is(($c->cmd("STOR $name"))[0], $code, 'and before the connection');
}
$c->expect('STOR file', 425, undef, 'STOR without PASV or PORT');
ok(!-e $server->data('file'), 'and nothing is made');

# Through links, but not out of the root.
symlink 'up', $server->data('link');
is(($c->stor('link', 'linked'))[0], 226);
is($server->content('up'), 'linked', 'a link is followed');
my $outside = File::Temp->new(TMPDIR => 1);
symlink "$outside", $server->data('outside');
my ($code) = $c->stor('outside', 'bad');
is($code, 553, 'a link out of the root');
is(-s "$outside", 0, 'leads nowhere');
POSIX::mkfifo($server->data('fifo'), 0644);
is(($c->stor('fifo', 'x'))[0], 553, 'a FIFO is no file');

# What cannot be written.
chmod 0444, $server->file('fixed', 'old');
is(($c->stor('fixed', 'x'))[0], 553);
is($server->content('fixed'), 'old', 'a file without write permission');
chmod 0555, $server->data('dir');
is(($c->stor('dir/new', 'x'))[0], 553, 'a directory without it');
chmod 0755, $server->data('dir');
$c->quit;

# local_umask, file_open_mode
$server->user('bob', local_umask => '077', file_open_mode => '0777');
$c = $server->login('bob');
is(($c->stor('masked', 'x'))[0], 226);
is(mode('masked'), '0700', 'file_open_mode without local_umask');
$c->quit;
done_testing;
