#!/usr/bin/perl
# Transcript tier, no root: t/conformance/TABLE has the requirements that the
# tests have, no others, and nothing in it has failed.
use strict;
use warnings;
use FindBin;
use Test::More;

chdir "$FindBin::Bin/.." or die "chdir: $!";
my @listed = split /\n/, `$^X t/conformance/generate --list`;
my (@rows, @results);

open my $table, '<', 't/conformance/TABLE' or die "TABLE: $!";
while (<$table>) {
	next if /^#/;
	chomp;
	my @fields = split /\t/;
	push @rows, join "\t", @fields[0 .. 3];
	push @results, $fields[4];
}
ok @listed > 300, 'there are requirements';
is_deeply \@rows, \@listed, 'the table has them (else: make conformance)';
is_deeply [grep { !/^(?:pass|not done: \S)/ } @results], [],
    'each has passed, or a reason';

my %seen;
is_deeply [grep { $seen{$_}++ } map { s/\t[^\t]*$//r } @listed], [],
    'each stands in one test';

my $scripts = do {
	local $/;
	open my $in, '<', 't/scripts.am' or die "scripts.am: $!";
	<$in>;
};
for my $file (glob 't/rfc-*.t') {
	ok $scripts =~ /^\s*(?:\w+ \+?= .*)?\Q$file\E(?: |$)/m, "$file is run by make check";
}
done_testing;
