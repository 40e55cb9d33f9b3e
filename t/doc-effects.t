#!/usr/bin/perl
# Transcript tier, no root: every directive that works has a test of its effect.
# Either t/effect-*.t has a row "effect('NAME', ..." for it, or another test
# says "# directive: NAME" in its head and sets it somewhere.
use strict;
use warnings;
use Test::More;

my $inftpd = ($ENV{abs_top_builddir} // 'build') . '/ftpd/inftpd';

sub slurp {
	my ($file) = @_;

	local $/;
	open my $in, '<', $file or die "$file: $!";
	return scalar <$in>;
}

my (%type, %shown);
open my $list, '-|', $inftpd, '--list-directives' or die "$inftpd: $!";
while (<$list>) {
	my ($name, $type) = split /\t/;
	$type{$name} = $type;
}
close $list or die "$inftpd --list-directives: $?";

for my $file (sort glob('t/*.t')) {
	my $text = slurp($file);
	my $code = $text =~ s/^#.*\n//mgr;

	if ($file =~ m{/effect-}) {
		$shown{$_} = $file for $code =~ /^effect\('(\w+)',/mg;
	}
	for my $name (map { split /,\s*/ } $text =~ /^# directives?: (.*(?:\n#    .*)*)/mg) {
		$name =~ s/^[#\s]+|\s+$//g;
		ok exists $type{$name}, "$file: $name is a directive";
		like $code, qr/\b\Q$name\E\b/, "$file: $name is set there";
		$shown{$name} = $file;
	}
}

my @works = grep { $type{$_} !~ /^(?:note|refused)$/ } sort keys %type;
cmp_ok scalar @works, '>', 130, 'there are directives';
is join(' ', grep { !$shown{$_} } @works), '', 'each has a test of its effect';

# Those without effect have their messages, which t/conf-messages.t compares
# with the table itself.
my $messages = slurp('t/conf-messages.t');
is join(' ', grep { $messages !~ /^\t$_ => \[/m }
    grep { $type{$_} =~ /^(?:note|refused)$/ } sort keys %type), '',
    'all others have a test of their message';

done_testing;
