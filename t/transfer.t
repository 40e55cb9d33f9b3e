#!/usr/bin/perl
# Transcript tier, no root: while and around transfers. Commands during one,
# sizes, resuming, and what is left of uploads that fail.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;

my $server = Inftpd::Test->new;
my $c = $server->login('alice');
my $write_all = \&Inftpd::Test::Client::write_all;
my $drain = \&Inftpd::Test::Client::drain;

sub is_bytes {
	my ($got, $expected, $name) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	ok(defined $got && $got eq $expected, $name);
}

# Commands during a download that stands still since nobody reads.
truncate $server->file('large'), 1 << 30;
my $data = $c->pasv;
$c->expect('RETR large', 150);
my @lines = $c->expect('STAT', 211, undef, 'STAT during a transfer');
like("@lines", qr/Sending \/large: \d+ bytes so far/, 'tells how far it is');
$c->expect('NOOP', 200, undef, 'NOOP during a transfer');
$c->expect('STAT large', 450, undef, 'STAT of a path has to wait');
$c->raw("PWD\r\n"); # waits
$c->raw("ABOR\r\n"); # behind it
close $data;
$c->expect_reply(426);
$c->expect_reply(257, undef, 'other commands wait for the end');
$c->expect_reply(225, undef, 'ABOR behind them comes too late');

# During an upload.
$data = $c->pasv;
$c->expect('STOR up', 150);
$write_all->($data, 'x' x 1000);
ok(Inftpd::Test::wait_until(sub { -s $server->data('up') }));
@lines = $c->expect('STAT', 211);
like("@lines", qr/Receiving \/up: 1000 bytes so far/);
$c->expect('NOOP', 200);
$c->raw("ABOR\r\n");
$c->expect_reply(426, undef, 'ABOR of an upload: 426');
$c->expect_reply(226, undef, 'and 226');
close $data;
is(-s $server->data('up'), 1000, 'what came is kept');

# When all is sent, 226 waits for the client to hang up, but not for long: some
# do it only behind 226. ABOR meanwhile comes too late to cut anything.
$server->file('small', 'content');
$c = $server->login('alice');
for my $again ('once', 'and again') {
	$data = $c->pasv;
	$c->expect('RETR small', 150);
	is_bytes($drain->($data), 'content', 'a client that does not hang up');
	$c->expect_reply(226, undef, "is told the end, $again");
	close $data;
}
$c->quit;
# Who has been slow to use an answer to PASV has the next ones with more time,
# in the clear as under TLS; nothing else changes.
$c = $server->login('alice');
for my $verb ('PASV', 'EPSV', 'PASV') {
	$data = $verb eq 'PASV' ? $c->pasv : $c->epsv;
	select undef, undef, undef, 0.2;
	$c->expect('RETR small', 150);
	is_bytes($drain->($data), 'content', "a client that is slow after $verb");
	close $data;
	$c->expect_reply(226);
}
$c->quit;
for my $open ('RETR small', 'NLST', 'LIST') {
	$c = $server->login('alice');
	$data = $c->pasv;
	$c->expect($open, 150);
	$drain->($data);
	$c->raw("ABOR\r\n");
	$c->expect_reply(226, undef, "$open: all was sent before ABOR");
	my ($code) = $c->reply;
	like($code, qr/^22[56]$/, 'which has nothing to end any more');
	close $data;
	$c->quit;
}
$c = $server->login('alice');

# QUIT waits for the end: 226, then 221.
for my $kind ('RETR', 'STOR') {
	my $q = $server->login('alice');
	$server->file('quit', 'content');
	$data = $q->pasv_port;
	$q->expect("$kind quit", 150);
	$q->raw("QUIT\r\nMKD after\r\n");
	$data = $q->dial($data);
	if ($kind eq 'RETR') {
		is($drain->($data), 'content', 'QUIT during RETR: all comes');
	} else {
		$write_all->($data, 'all of it');
		close $data;
	}
	$q->expect_reply(226, undef, "$kind, then QUIT: 226");
	$q->expect_reply(221, undef, 'then 221');
	$q->expect_end;
	$q->check;
}
is($server->content('quit'), 'all of it', 'QUIT during STOR: all is stored');
ok(!-e $server->data('after'), 'and nothing behind QUIT is done');

# Sizes at the edges of buffers.
for my $size (0, 1, 65535, 65536, 262143, 262144, 262145, 5 << 20) {
	my $bytes = join '', map { pack 'N', $_ * 2654435761 % 4294967296 } 0 .. $size / 4;
	$bytes = substr $bytes, 0, $size;
	$server->file('in', $bytes);
	is_bytes(($c->retr('in'))[0], $bytes, "RETR of $size bytes");
	is(($c->stor('out', $bytes))[0], 226, "STOR of $size bytes");
	is_bytes($server->content('out'), $bytes, 'all of them');
}

# Beyond 4 GiB.
my $path = $server->file('sparse');
truncate $path, (1 << 32) + 10;
open my $file, '+<', $path or die;
seek $file, 1 << 32, 0;
print $file '0123456789';
close $file;
$c->expect('SIZE sparse', 213, '4294967306');
$c->expect('REST 4294967296', 350);
my ($bytes, $code, undef, $text) = $c->retr('sparse');
is($bytes, '0123456789', 'REST 4294967296');
like($text, qr/\(10 bytes\)/, '150 tells what is left');
$c->expect('REST 4294967301', 350);
is(($c->stor('sparse', 'ABC'))[0], 226);
$c->expect('REST 4294967296', 350);
is(($c->retr('sparse'))[0], '01234ABC89', 'writing there');
is(-s $path, 4294967306, 'the size stays');
is(($c->send_file('APPE sparse', '!'))[0], 226);
$c->expect('SIZE sparse', 213, '4294967307');
unlink $path;

# An upload broken in the middle, and resumed.
my $whole = join '', map { chr 32 + $_ % 90 } 1 .. 100000;
$data = $c->pasv;
$c->expect('STOR resumed', 150);
$write_all->($data, substr $whole, 0, 60000);
ok(Inftpd::Test::wait_until(sub { -s $server->data('resumed') == 60000 }));
$c->raw("ABOR\r\n");
$c->expect_reply(426);
$c->expect_reply(226);
my ($size) = ($c->cmd('SIZE resumed'))[1];
is($size, 60000, 'SIZE tells how far it came');
$c->expect("REST $size", 350);
is(($c->stor('resumed', substr $whole, $size))[0], 226);
is_bytes($server->content('resumed'), $whole, 'a resumed upload is whole');

# The old file stays as long as no data connection is there.
$server->file('old', 'old content');
my $port = $c->pasv_port;
$c->expect('STOR old', 150);
is($server->content('old'), 'old content', 'STOR alone cuts nothing');
$c->raw("ABOR\r\n");
$c->expect_reply(426);
$c->expect_reply(226);
is($server->content('old'), 'old content', 'nor does its ABOR');
$c->pasv_port;
$c->expect('STOR never', 150);
$c->raw("ABOR\r\n");
$c->expect_reply(426);
$c->expect_reply(226);
ok(!-e $server->data('never'), 'nor is a new file made');

# A file that is being stored is busy for others.
my $other = $server->login('alice');
$data = $c->pasv;
$c->expect('STOR busy', 150);
$write_all->($data, 'first');
ok(Inftpd::Test::wait_until(sub { -s $server->data('busy') }));
$other->pasv;
is(($other->stor('busy', 'second'))[0], 450, 'STOR of a file being stored');
$other->pasv_port;
$other->expect('STOR busy', 450, undef, 'before the data connection, too');
is(($other->retr('busy'))[1], 450, 'RETR of it');
is($server->content('busy'), 'first', 'no harm done');
close $data;
$c->expect_reply(226);
is(($other->stor('busy', 'second'))[0], 226, 'afterwards it works');
is($server->content('busy'), 'second');
$server->file('shared', 'x' x 100);
$data = $c->pasv;
truncate $server->data('large'), 1 << 30;
$c->expect('RETR large', 150);
is(($other->stor('large', 'x'))[0], 450, 'STOR of a file being fetched');
my $third = $other->pasv;
$other->expect('RETR large', 150, undef, 'but two may fetch it');
$other->raw("ABOR\r\n");
$other->expect_reply($_) for 426, 226;
$c->raw("ABOR\r\n");
$c->expect_reply($_) for 426, 226;

# Two sessions append at once and lose nothing.
my @ends;
for my $s ($c, $other) {
	my $end = $s->pasv;
	$s->expect('APPE both', 150);
	push @ends, $end;
}
for my $i (1 .. 200) {
	$write_all->($ends[$i % 2], ($i % 2 ? 'a' x 1000 : 'b' x 1000));
}
close $_ for @ends;
@ends = ();
$c->expect_reply(226);
$other->expect_reply(226);
my $both = $server->content('both');
is(length $both, 200000, 'two APPE at once: every byte');
is($both =~ tr/a//, 100000, 'of the one');
is($both =~ tr/b//, 100000, 'and of the other');
$_->quit for $c, $other;

# delete_failed_uploads
$server->user('bob', delete_failed_uploads => 'YES');
my $bob = $server->login('bob');
sub broken_upload {
	my ($s, $line) = @_;
	my $end = $s->pasv;

	is(($s->cmd($line))[0], 150, $line);
	$write_all->($end, 'partial');
	ok(Inftpd::Test::wait_until(sub { ($s->cmd('STAT')) && 1 }));
	$s->raw("ABOR\r\n");
	$s->expect_reply(426);
	$s->expect_reply(226);
}
broken_upload($bob, 'STOR partial');
ok(!-e $server->data('partial'), 'delete_failed_uploads removes it');
$server->file('before', 'was here');
broken_upload($bob, 'APPE before');
like($server->content('before'), qr/^was here/,
    'but not a file that was there before');
is(($bob->stor('whole', 'x'))[0], 226);
is($server->content('whole'), 'x', 'and none that is whole');
# The client vanishes.
my $helper = $bob->helper;
$data = $bob->pasv;
$bob->expect('STOR vanished', 150);
$write_all->($data, 'partial');
ok(Inftpd::Test::wait_until(sub { -s $server->data('vanished') }));
$bob->hang_up;
is($bob->exit_status, 0);
ok(!-e $server->data('vanished'), 'the client vanishes: removed, too');
$bob->check;

# upload_atomic
$server->user('carol', upload_atomic => 'YES');
my $carol = $server->login('carol');
$server->file('atomic', 'old');
$data = $carol->pasv;
$carol->expect('STOR atomic', 150);
$write_all->($data, 'new content');
$carol->expect('NOOP', 200);
is($server->content('atomic'), 'old', 'upload_atomic: the old one stays');
close $data;
$carol->expect_reply(226);
is($server->content('atomic'), 'new content', 'until the new one is whole');
broken_upload($carol, 'STOR atomic');
is($server->content('atomic'), 'new content', 'a broken one changes nothing');
broken_upload($carol, 'STOR atomic2');
is_deeply([grep { /atomic|^\.in/ } $server->names('')], ['atomic'],
    'and leaves nothing behind');
# It is what STOR without it would write to, whenever the connection is there.
chmod 0640, $server->data('atomic');
mkdir $server->data('elsewhere');
symlink '../atomic', $server->data('elsewhere/link');
is(($carol->stor('elsewhere/link', 'by link'))[0], 226);
is($server->content('atomic'), 'by link', 'a link is followed');
is(readlink $server->data('elsewhere/link'), '../atomic', 'and stays');
is((stat $server->data('atomic'))[2] & 0777, 0640, 'permissions are kept');
symlink '/outside', $server->data('elsewhere/out');
is(($carol->stor('elsewhere/out', 'x'))[0], 553, 'one to nothing is let be');
is(readlink $server->data('elsewhere/out'), '/outside', 'and stays, too');
chmod 0440, $server->data('atomic');
$data = $carol->pasv;
$carol->expect('STOR atomic', 553, undef, 'what cannot be written stays');
close $data;
$carol->pasv_port;
$carol->expect('STOR atomic', 553, undef, 'likewise before the connection');
is_deeply([grep { /^\.in/ } map { $server->names($_) } '', 'elsewhere'], [],
    'and leaves nothing behind');
$carol->quit;

# Who fetches slowly keeps others from storing over a file, but not with it.
$server->file('slow', 'x' x 30_000_000);
my ($slow, $writer) = map { $server->login($_) } 'alice', 'bob';
$slow->cmd('TYPE I');
$data = $slow->pasv;
$slow->expect('RETR slow', 150);
for my $how ('pasv', 'port') {
	is(($writer->send_file('STOR slow', 'new', $how))[0], 450,
	    "$how: not while it is fetched");
}
$carol = $server->login('carol');
# Before the connection is there, it is the old file that is looked at.
$port = $carol->pasv_port;
$carol->expect('STOR slow', 150, undef, 'with upload_atomic');
my $late = $carol->dial($port);
$write_all->($late, 'second');
close $late;
$carol->expect_reply(226);
is($server->content('slow'), 'second', 'it is replaced');
close $data;
$slow->expect_reply(426);
$_->quit for $slow, $writer, $carol;

# Without the right to replace, the last to finish does not replace the first.
my $anon = Inftpd::Test->new(conf => { write_enable => 'YES',
    anon_upload_enable => 'YES', upload_atomic => 'YES' });
my ($first, $second) = map { $anon->login('anonymous') } 1, 2;
$data = $first->pasv;
$first->expect('STOR race', 150);
$write_all->($data, 'first to start');
is(($second->stor('race', 'first to finish'))[0], 226);
close $data;
$first->expect_reply(451, undef,
    'the name was taken meanwhile');
is($anon->content('race'), 'first to finish', 'nothing is replaced');
is_deeply([$anon->names('')], ['race'], 'and nothing left');
$_->quit for $first, $second;

# upload_max_size
$server->user('dora', upload_max_size => 1000);
my $dora = $server->login('dora');
is(($dora->stor('small', 'x' x 1000))[0], 226, 'upload_max_size');
is(($dora->stor('small', 'x' x 1001))[0], 552, 'and one byte more');
cmp_ok(-s $server->data('small'), '<=', 1000, 'is not stored');
$server->file('small', 'x' x 999);
$dora->expect('REST 999', 350);
is(($dora->stor('small', 'xx'))[0], 552, 'nor by REST');
is(($dora->send_file('STOU', 'x' x 1001))[0], 552, 'nor by STOU');
$dora->quit;

# Rates: only that they are about right and nothing else waits.
$server->user('ed', local_max_rate => 200000);
$server->file('slow', 'x' x 100000);
my $ed = $server->login('ed');
my $started = Time::HiRes::time();
is(length(($ed->retr('slow'))[0]), 100000, 'local_max_rate: all comes');
cmp_ok(Time::HiRes::time() - $started, '>', 0.3, 'and not at once');
$data = $ed->pasv;
$ed->expect('RETR slow', 150);
$started = Time::HiRes::time();
$ed->expect('NOOP', 200);
cmp_ok(Time::HiRes::time() - $started, '<', 0.3 * $Inftpd::Test::SLOW,
    'commands are answered at once');
$drain->($data);
$ed->expect_reply(226);
$ed->quit;
$server->done;
done_testing;
