#!/usr/bin/perl
# Tier 3: the perm fact where root has a hand in it: sticky directories, files
# of others and of groups, a file system that cannot be written to.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Test::More;

account('alice', uid => 1001);
configure(local_enable => 'YES', write_enable => 'YES',
    text_userdb_names => 'YES');
super_server();

my $dir = '/tmp/facts';

mkdir $dir;
mkdir "$dir/$_" for qw(open sticky ro fixed);
chmod 0777, "$dir/open";
chmod 01777, "$dir/sticky";
for my $file (map { ("$dir/$_/hers", "$dir/$_/roots") } qw(open sticky ro fixed)) {
	Inftpd::Test::write_file($file, 'x');
	chmod 0644, $file;
	chown 1001, 1001, $file if $file =~ /hers/;
}
chmod 0777, "$dir/ro";
system('mount', '--bind', "$dir/ro", "$dir/ro") == 0 or die 'mount';
system('mount', '-o', 'remount,bind,ro', "$dir/ro") == 0 or die 'remount';

my $c = dial();
$c->login('alice');

my %want = (
	'open/hers' => 'adfrw', 'open/roots' => 'dfr', 'open' => 'celmp',
	'sticky/hers' => 'adfrw', 'sticky/roots' => 'r',
	'ro/hers' => 'r', 'ro/roots' => 'r',
	'fixed/hers' => 'arw', 'fixed/roots' => 'r', 'fixed' => 'el',
);
for my $path (sort keys %want) {
	my @lines = $c->expect("MLST $dir/$path", 250);
	my ($perm) = $lines[1] =~ /perm=([^;]*);/;

	is($perm, $want{$path}, "perm of $path");
}

# The fact and the deed agree.
for my $path (grep { m{/} } sort keys %want) {
	my ($code) = $c->cmd("DELE $dir/$path");

	is($code, $want{$path} =~ /d/ ? 250 : 550, "DELE $path");
}
my @lines = $c->expect("MLST $dir/fixed/hers", 250);
like($lines[1], qr/UNIX\.owner=alice;.*UNIX\.group=\w+;/, 'owner and group by name');
$c->quit;
done_testing;
