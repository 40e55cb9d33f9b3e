#!/usr/bin/perl
# Transcript tier, no root: inftpd-helper(8) against wire.h and the helper's
# own messages.
use strict;
use warnings;
use Test::More;

sub slurp {
	my ($file) = @_;

	local $/;
	open my $in, '<', $file or die "$file: $!";
	return scalar <$in>;
}

my $page = slurp('helpers/inftpd-helper.8');
my $wire = slurp('helpers/wire.h');
my $helper = slurp('helpers/helper.c');

my ($enum) = $wire =~ /enum wire_op \{(.*?)\};/s;
my @ops = $enum =~ /^\s*(WIRE_[A-Z_]+) = \d+,/mg;
my @rows = $page =~ /^\.It (WIRE_[A-Z_]+) Ta /mg;
cmp_ok scalar @ops, '>', 10, 'wire.h has requests';
is "@rows", "@ops", 'requests, in the order of their numbers';

my %when = (PHASE_START => 'first', PHASE_LOGIN => 'before login',
	PHASE_FILES => 'after login', PHASE_PROXY => 'behind a proxy');
for my $op (@ops) {
	my ($phase) = $helper =~ /\{ \Q$op\E, "[a-z-]+",\s*(\w+),/;
	my ($said) = $page =~ /^\.It \Q$op\E Ta (.*?) Ta /m;

	is $said, $when{$phase // ''}, "$op: when";
}

(my $flat = $page) =~ s/^\.It //mg;
for my $why ($helper =~ /die\(&?h, "([^;]*?)"\);/g) {
	$why =~ s/" FTPD_USER(?: ")?/inftpd/;
	like $flat, qr/^\Q$why\E$/m, "message: $why";
}

done_testing;
