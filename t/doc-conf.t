#!/usr/bin/perl
# Transcript tier, no root: inftpd.conf(5) against the table of directives:
# each is there with its default and place, and nothing is there that the
# table does not have.
use strict;
use warnings;
use File::Temp ();
use Test::More;

my $inftpd = ($ENV{abs_top_builddir} // 'build') . '/ftpd/inftpd';

open my $list, '-|', $inftpd, '--list-directives' or die "$inftpd: $!";
my %table;
while (<$list>) {
	chomp;
	my ($name, $type, $default, $where, $help) = split /\t/, $_, 5;
	$table{$name} = { type => $type, default => $default,
		where => $where, help => $help };
}
close $list or die "$inftpd --list-directives: $?";
cmp_ok scalar keys %table, '>', 80, 'the table is there';

open my $page, '<', 'conf/inftpd.conf.5' or die "inftpd.conf.5: $!";
my (%manual, $section);
while (<$page>) {
	$section = $1 if /^\.Sh (.*)/;
	next unless ($section // '') eq 'DIRECTIVES';
	next unless /^\.It Ic (\S+)(?: Pq (.*))?$/;
	fail "$1 is documented twice" if exists $manual{$1};
	$manual{$1} = $2 // '';
}
close $page;

# What must stand in the brackets behind the name: the default, and the last
# of the layers that it may stand in.
sub brackets {
	my ($row) = @_;
	my $default = $row->{default};

	return undef if $row->{type} =~ /^(?:note|refused)$/;
	$default = 'empty' if $default eq '';
	return "$default; only user.d" if $row->{where} eq 'user';
	fail "$row->{where}: layers have a gap"
	    if 'global,net,host,group,user' !~ /^\Q$row->{where}\E(?:,|$)/;
	my ($last) = $row->{where} =~ /([a-z]+)$/;
	return $last eq 'global' ? $default : "$default; $last.d";
}

for my $name (sort keys %table) {
	my $want = brackets($table{$name});

	if (!exists $manual{$name}) {
		fail "$name is documented";
	} elsif (defined $want) {
		is $manual{$name}, $want, "$name: default and place";
	} else {
		like $manual{$name}, qr/no effect|refused|only/,
		    "$name: does nothing, and says so";
	}
}
is join(' ', grep { !exists $table{$_} } sort keys %manual), '',
    'nothing is documented that is not there';

# A directive that no code reads does not exist.
my $code = '';
for my $file (glob('ftpd/*.c helpers/*.c conf/*.c')) {
	next if $file eq 'conf/table.c';
	local $/;
	open my $in, '<', $file or die "$file: $!";
	$code .= <$in>;
}
my @unread = grep { $table{$_}{type} !~ /^(?:note|refused)$/ &&
	$code !~ /(?:->|\.)\Q$_\E\b/ } sort keys %table;
is "@unread", '', 'each directive is read somewhere';

# Examples are configurations that one can have; those with a password are a
# drop-in of a user.
my $dir = File::Temp->newdir;

sub blocks {
	my ($file, $begin, $end) = @_;

	local $/;
	open my $in, '<', $file or die "$file: $!";
	my $text = <$in>;
	return grep { /^[a-z0-9_]+=/ && !/^password=/m }
	    map { s/^ {4}//mgr } $text =~ /$begin(.*?)$end/msg;
}

my @examples = (blocks('conf/inftpd.conf.5', qr/^\.Bd -literal[^\n]*\n/m,
	qr/^\.Ed/m),
	blocks('README', qr/\n\n(?= {4}[a-z0-9_]+=)/m, qr/\n(?=\n)/m));
cmp_ok scalar @examples, '>=', 8, 'there are examples';
for my $example (@examples) {
	open my $out, '>', "$dir/inftpd.conf" or die "inftpd.conf: $!";
	print $out "$example\n";
	close $out or die "inftpd.conf: $!";
	is `$inftpd --config $dir --show-config 2>&1 >/dev/null`, '',
	    (split /\n/, $example)[-1] . ' and its example';
}

done_testing;
