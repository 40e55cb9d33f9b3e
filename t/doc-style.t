#!/usr/bin/perl
# Transcript tier, no root: what every file owes its reader: manual pages
# without errors, headers that compile alone, opening comments, functions of a
# size that one can read, READMEs that name each file beside them.
use strict;
use warnings;
use File::Basename;
use Test::More;

my $build = $ENV{abs_top_builddir} // 'build';

sub slurp {
	my ($file) = @_;

	local $/;
	open my $in, '<', $file or die "$file: $!";
	return scalar <$in>;
}

sub found {
	my ($command) = @_;

	return grep { -x "$_/$command" } split /:/, $ENV{PATH};
}

my @sources = sort glob('ftpd/*.[ch] helpers/*.[ch] conf/*.[ch]
	t/unit/*.[ch] t/fuzz/*.[ch] t/bench/*.[ch]');
my @pages = sort glob('{conf,ftpd,helpers,units}/*.[1-8]');

SKIP: {
	skip 'mandoc is not installed', scalar @pages unless found('mandoc');
	for my $page (@pages) {
		my $said = `mandoc -Tlint -Wwarning $page 2>&1`;

		# Of other packages' pages it knows what is installed here.
		$said =~ s/^mandoc: outdated mandoc\.db lacks .*\n//mg;
		is $said, '', "$page: no errors or warnings";
	}
}

my ($cc) = grep { found($_) } split(' ', $ENV{CC} // ''), 'cc', 'gcc', 'clang';
my @headers = grep { /\.h$/ } @sources;
SKIP: {
	skip 'no C compiler is installed', scalar @headers unless $cc;
	for my $header (@headers) {
		my $said = `$cc -std=gnu11 -fsyntax-only -Wall -I. -I$build \\
		    -x c -include config.h $header 2>&1`;

		$said =~ s/^.*#pragma once in main file.*\n//mg;
		is $said, '', "$header compiles alone";
	}
}

for my $file (@sources) {
	my $text = slurp($file);
	my $name = basename($file);

	like $text, qr{\A/\*\n \* \Q$name\E - .*?\*/}s,
	    "$file opens with a comment that says what it is";
}
for my $file (glob('t/*.t')) {
	my @lines = split /\n/, slurp($file);

	ok -x $file, "$file is executable";
	like join("\n", @lines[1 .. 4]), qr/^# (?:(?:Unit|Transcript|System) tier|Tier [123])\b/mi,
	    "$file says which tier it is";
}

# A function begins at the line of its name and ends with a brace in front.
for my $file (grep { /\.c$/ } @sources) {
	my ($name, $start, @long);
	my $number = 0;

	for (split /\n/, slurp($file)) {
		$number++;
		($name, $start) = ($1, $number) if /^(\w+)\([^;]*$/;
		next unless /^\}/ && defined $start;
		push @long, "$name: " . ($number - $start)
		    if $number - $start > 80;
		undef $start;
	}
	is "@long", '', "$file: no function of more than 80 lines";
}

for my $folder (qw(ftpd helpers conf units t)) {
	my $readme = slurp("$folder/README");
	my $names = $readme =~ s/(\w+)\.\[ch\]/$1.c $1.h/gr;

	for my $file (sort grep { -f } glob("$folder/*")) {
		my $name = basename($file);

		next if $name eq 'README' || $name =~ /[~#]$|\.(?:o|orig|rej)$/;
		next if $folder eq 't' && $name =~ /\.t$/; # by their families
		next if -f "$file.in"; # made by make
		ok $names =~ /(?<![\w.-])\Q$name\E(?![\w-])/,
		    "$folder/README names $name";
	}
}

done_testing;
