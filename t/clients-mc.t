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

serve($client);
fresh();
mkdir '/dev/pts';
system 'mount -t devpts -o newinstance,ptmxmode=0666 none /dev/pts';
symlink 'pts/ptmx', '/dev/ptmx';

# At a terminal of its own; what the keys are written to. All that it draws
# comes to a file.
my $screen = '/srv/screen';
local $ENV{TERM} = 'vt100';
my $pid = open my $keys, '|-', "exec script -qfc 'stty rows 24 cols 80; " .
    "exec mc -bud $here ftp://alice:secret\@192.0.2.1$there' $screen >/dev/null"
    or die "script: $!\n";
my $drawn = 0; # how much of the screen's file was there before the last keys

sub shows {
	my ($pattern) = @_;

	return Inftpd::Test::wait_until(sub { -e $screen &&
	    substr(read_file($screen), $drawn) =~ $pattern }, 10);
}

# It passes over keys while it draws or reads a directory.
sub settle {
	my ($size, $since) = (-1, 0);

	Inftpd::Test::wait_until(sub {
		my $now = -s $screen;
		($size, $since) = ($now, Time::HiRes::time()) if $now != $size;
		return Time::HiRes::time() - $since > 0.7;
	}, 10);
}

sub type {
	settle();
	$drawn = -s $screen;
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

my $listed = shows(qr/^(?=.*\bbig\b)(?=.*\btree\b)/s);
result(titled($client, 'plain', 'list'), $listed, 0, read_file($screen));
type("\t");
on_file('big', 5, qr/Copy/);
becomes('get', sub { same('big') });
on_file('tree', 5, qr/Copy/);
becomes('mirror a tree down',
    sub { system("diff -r $there/tree $here/tree >/dev/null 2>&1") == 0 });
type("\e7");
shows(qr/directory name/);
type("made\n");
becomes('make a directory', sub { -d "$there/made" });
on_file('big', 8, qr/Delete/);
becomes('remove', sub { !-e "$there/big" });
type("\t");
on_file('up', 5, qr/Copy/);
becomes('put', sub { same('up') });
on_file('mine', 5, qr/Copy/);
becomes('mirror a tree up',
    sub { system("diff -r $here/mine $there/mine >/dev/null 2>&1") == 0 });
type("\e0");
my $ended = Inftpd::Test::wait_until(sub { !sessions() }, 3);
type("\n") if !$ended; # it asks whether to quit
ok(Inftpd::Test::wait_until(sub { !sessions() }, 10), 'no session is left');
kill 'TERM', $pid;
close $keys;
done_testing;
