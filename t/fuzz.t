#!/usr/bin/perl
# fuzz.t - every fuzzer of t/fuzz/ builds and finds nothing in two seconds.
# Unit tier: no root, no network. Longer runs: `make fuzz FUZZ_SECONDS=600'.
use strict;
use warnings;

use Test::More;

my $top = $ENV{abs_top_builddir} // '.';
plan skip_all => 'clang is not installed'
    if system('clang --version >/dev/null 2>&1') != 0;
my ($probe) = ("$top/t/fuzz-probe");
system("mkdir -p $top/t && echo 'int LLVMFuzzerTestOneInput(const char *d, "
    . "unsigned long n);int LLVMFuzzerTestOneInput(const char *d, unsigned "
    . "long n){return d && n ? 0 : 0;}' | clang -fsanitize=fuzzer,address "
    . "-x c -o $probe - 2>/dev/null");
my $works = -x $probe;
unlink $probe;
plan skip_all => 'clang has no libFuzzer here' if !$works;

my @names = map { m{([^/]+)\.c$} } glob 't/fuzz/fuzz-*.c';
plan tests => scalar @names;
# The flags of the make that called this are not for this one.
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};
for my $name (@names) {
	my $output = `make -C $top $name FUZZ_SECONDS=2 2>&1`;
	ok $? == 0, $name or diag substr $output, -4000;
}
