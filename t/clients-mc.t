#!/usr/bin/perl
# System tier: Midnight Commander, by the keys of its two panels: ours on the
# left, the server's on the right.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Inftpd::System;
use Test::More;
use Time::HiRes ();

my $here = '/srv/here';
my $there = '/home/alice';
my $client = { name => 'mc', packages => ['mc'], version => 'mc --version' };

serve($client, log_ftp_protocol => 'YES');
fresh();
mkdir '/dev/pts';
system 'mount -t devpts -o newinstance,ptmxmode=0666 none /dev/pts';
symlink 'pts/ptmx', '/dev/ptmx';

# At a terminal of its own; what the keys are written to. All that it draws
# comes to a file.
my $screen = '/srv/screen';
local $ENV{TERM} = 'vt100';
my ($pid, $keys);
my $drawn = 0; # how much of the screen's file was there before the last keys

sub begin {
	my ($url) = @_;

	unlink $screen;
	$drawn = 0;
	$pid = open $keys, '|-', "exec script -qfc 'stty rows 24 cols 80; " .
	    "exec mc -bud $here $url' $screen >/dev/null"
	    or die "script: $!\n";
}

sub shows {
	my ($pattern) = @_;

	return Inftpd::Test::wait_until(sub { -e $screen &&
	    substr(read_file($screen), $drawn) =~ $pattern }, 10);
}

# It passes over keys while it draws or reads a directory.
sub settle {
	my ($size, $since) = (-1, 0);

	Inftpd::Test::wait_until(sub {
		my $now = -s $screen // 0;
		($size, $since) = ($now, Time::HiRes::time()) if $now != $size;
		return Time::HiRes::time() - $since > 0.7;
	}, 10);
}

sub type {
	settle();
	$drawn = -s $screen // 0;
	syswrite $keys, $_[0];
}

sub becomes {
	my ($job, $test) = @_;
	my $ok = Inftpd::Test::wait_until($test, 10);

	result(titled($client, 'plain', $job), $ok, 0,
	    $ok ? '' : read_file($screen) =~ tr/\e/^/r);
}

# F5 to F8 as ESC and a digit, on the file of a name; a dialog asks.
sub on_file {
	my ($name, $key, $dialog) = @_;

	type("\cS$name");
	type("\e$key");
	shows($dialog);
	type("\n");
}

sub same {
	my ($name) = @_;

	return -f "$here/$name" && -f "$there/$name" &&
	    read_file("$here/$name") eq read_file("$there/$name");
}

# It asks whether to quit, with a connection or without one.
sub end {
	my ($keys_before) = @_;

	type($keys_before) if $keys_before;
	type("\e0");
	my $ended = Inftpd::Test::wait_until(sub { !sessions() }, 3);
	type("\n") if !$ended;
	ok(Inftpd::Test::wait_until(sub { !sessions() }, 10),
	    'no session is left');
	kill 'TERM', $pid;
	close $keys;
}

sub same_tree { return system("diff -r @_ >/dev/null 2>&1") == 0 }

# The commands that the server has been sent.
sub sent { return map { /command: (\w+)/ } log_lines() }

# A copy that has begun, of the user whom it takes some seconds.
sub begin_slow_copy {
	unlink "$here/big";
	begin('ftp://slow:secret@192.0.2.1/');
	shows(qr/big/);
	type("\t");
	on_file('big', 5, qr/Copy/);
	Inftpd::Test::wait_until(sub { -s "$here/big" }, 10);
}

my $address = 'ftp://alice:secret@192.0.2.1';
my @names = ('name with blanks', "gr\xc3\xbc\xc3\x9fe", 'plus+percent%20');
my $minute = int(time / 60) * 60 - 3600;
my $big = read_file("$there/big");

mkdir "$_/names" for $here, $there;
write_file("$there/names/$_", "$_\n") for @names;
mkdir "$there/gone";
write_file("$_/part", substr $big, 0, 300_000) for $here, $there;
write_file("$here/whole", $big);
rename "$there/part", "$there/whole";
write_file("$there/part", $big);
chown 1001, 1001, map { "$there/$_" } qw(names gone whole);
utime $minute, $minute, "$there/big";
begin("$address$there");
becomes('list', sub { shows(qr/^(?=.*\bbig\b)(?=.*\btree\b)/s) });
type("\t");
on_file('big', 5, qr/Copy/);
becomes('get', sub { same('big') });
becomes('keep a recent time of a download',
    sub { int((stat "$here/big")[9] / 60) == $minute / 60 });
on_file('part', 5, qr/Copy/);
shows(qr/exists/);
type('r');
becomes('resume a download', sub { same('part') &&
    grep { /part": 500000 bytes/ } log_lines() });
on_file('tree', 5, qr/Copy/);
becomes('mirror a tree down', sub { same_tree("$there/tree", "$here/tree") });
rmdir "$here/names";
on_file('names', 5, qr/Copy/);
becomes('names with blanks and UTF-8',
    sub { same_tree("$there/names", "$here/names") });
type("\e7");
shows(qr/directory name/);
type("made\n");
becomes('make a directory', sub { -d "$there/made" });
on_file('gone', 8, qr/Delete/);
becomes('remove a directory', sub { !-e "$there/gone" && -d "$there/made" });
type("\cSbig");
type("\e6");
shows(qr/Move|Rename/);
type("renamed\n");
becomes('rename', sub { !-e "$there/big" && -s "$there/renamed" });
on_file('renamed', 8, qr/Delete/);
becomes('remove', sub { !-e "$there/renamed" });
type("\t");
on_file('up', 5, qr/Copy/);
becomes('put', sub { same('up') });
on_file('whole', 5, qr/Copy/);
shows(qr/exists/);
type('r');
becomes('resume an upload', sub { same('whole') &&
    grep { /whole": 500000 bytes/ } log_lines() });
on_file('mine', 5, qr/Copy/);
becomes('mirror a tree up', sub { same_tree("$here/mine", "$there/mine") });
end();

begin("$address$there" =~ s/192[.\d]+/[fd00::1]/r);
becomes('IPv6', sub { shows(qr/part.*tree|tree.*part/s) });
end();
begin("ftp://alice:wrong\@192.0.2.1$there");
becomes('a wrong password is told', sub { shows(qr/Login incorrect/) });
end("\e\e");

begin_slow_copy();
syswrite $keys, "\e0";
shows(qr/Incomplete/);
type("\n"); # [ Delete ]
my $before = grep { $_ eq 'LIST' } sent();
type("\cR");
becomes('abort, and go on', sub { grep({ $_ eq 'LIST' } sent()) > $before &&
    !-e "$here/big" });
end();
begin_slow_copy();
kill 'KILL', $pid;
becomes('killed in the middle', sub { !sessions() });

mkdir "$here/.config/mc" or die "mc: $!\n" if !-d "$here/.config/mc";
write_file("$here/.config/mc/ini",
    "[Midnight-Commander]\nftpfs_use_passive_connections=false\n");
unlink "$here/up";
begin("$address$there");
type("\t");
on_file('up', 5, qr/Copy/);
becomes('active', sub { same('up') && grep { $_ eq 'PORT' } sent() });
end();

for my $row (['keep the time of an upload', 'it sends no time'],
    ['keep the time of a download',
        'it has them from LIST: see "a recent time"'],
    ['HOST chooses the host', 'it sends no commands that it is told']) {
	SKIP: { skip titled($client, 'plain', $row->[0]) . ": $row->[1]", 1 }
}
done_testing;
