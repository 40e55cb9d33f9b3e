#!/usr/bin/perl
# Transcript tier, no root: what README tells to write and to type. Its files
# are read as they stand there; of its commands, options and directives must
# exist, and units and files be made by this tree.
use strict;
use warnings;
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp ();
use FindBin;
use Test::More;

my $source = "$FindBin::Bin/..";
my $build = $ENV{abs_top_builddir} // "$source/build";
my $inftpd = "$build/ftpd/inftpd";

sub read_file {
	my ($path) = @_;

	open my $in, '<', $path or die "$path: $!";
	local $/;
	return scalar <$in>;
}

my $readme = read_file("$source/README");

# --- files: a name at the end of a paragraph, and lines behind it -------------

my %text;
while ($readme =~ m{(/etc/inftpd/\S+\.conf)[^\n]*\n\n((?:    \S[^\n]*\n)+)}g) {
	my ($path, $lines) = ($1, $2);

	$text{$path} = $lines if $lines =~ /^    \w+=/;
}
cmp_ok(scalar keys %text, '>=', 9, 'the files of README are found') or
    diag(join "\n", keys %text);
is(scalar(() = $text{'/etc/inftpd/user.d/ann.conf'} =~ /\n/g), 4,
    'a virtual user has four lines');

# Writes one to where it stands, but below dir.
sub write_below {
	my ($dir, $path) = @_;
	my $target = $path =~ s{^/etc/inftpd}{$dir}r;

	make_path(dirname($target));
	open my $out, '>', $target or die "$target: $!";
	# A hash that is cut short there.
	print $out $text{$path} =~ s/\$6\$\.\.\./crypt 'x', '$6$x$'/re;
	close $out or die "$target: $!";
	chmod 0600, $target;
}

# Each alone, for whom it is.
for my $path (sort keys %text) {
	my $dir = File::Temp->newdir;
	my ($layer, $name) = $path =~ m{^/etc/inftpd/(\w+\.d)/([^/]+?)(?:/|\.conf$)}
	    or die $path;
	my %who = ('user.d' => "--user $name", 'host.d' => "--host $name",
	    'net.d' => '--from ' . $name =~ s/_.*//r);

	write_below($dir, $path);
	# Certificates are of tls.conf; a host's own come on top of these.
	my $said = qx($inftpd --config $dir --show-config @{[ $who{$layer} // '' ]} 2>&1);

	is($?, 0, "$path is read") or diag($said);
	# Modes are shown with a zero in front, passwords not at all.
	my @missing = grep {
		my ($directive, $value) = split /=/, $_, 2;
		$said !~ /^$directive=0?\Q$value\E$/m;
	} grep { !/^password=/ } map { /^\s+(.*)/ } split /\n/, $text{$path};
	is("@missing", '', "$path has the effect that is shown")
	    if $layer ne 'group.d';
}

# Side by side, as is said: what is for the anonymous user is for no other.
my $beside = File::Temp->newdir;
write_below($beside, $_) for grep { m{/(?:conf|user)\.d/} && !/mirror/ } keys %text;
my $said = qx($inftpd --config $beside --show-config --user ann 2>&1);
is($?, 0, 'all of them are read') or diag($said);
for my $line ('local_enable=YES', 'virtual_enable=YES', 'ssl_enable=YES',
    'anonymous_enable=YES', 'write_enable=YES', 'download_enable=YES',
    'dirlist_enable=YES', 'local_root=/srv/ann') {
	like($said, qr/^\Q$line\E$/m, "$line for a virtual user");
}

# --- commands ------------------------------------------------------------------

my $help = qx($inftpd --help);
my %seen = map { $_ => 1 } $readme =~ /\binftpd (--[\w-]+)/g;
for my $option (sort keys %seen) {
	like($help, qr/\Q$option\E\b/, "inftpd $option is an option");
}
cmp_ok(scalar keys %seen, '>=', 4, 'options are named');

%seen = map { $_ => 1 } $readme =~ /^    systemctl enable --now (\S+)/mg;
for my $unit (sort keys %seen) {
	ok(-e "$source/units/$unit.in", "$unit is a unit");
}
cmp_ok(scalar keys %seen, '>=', 4, 'units are named');

# A relative path with a slash is not looked for: the users would be missing.
for my $file ($readme =~ /^    systemd-(?:sysusers|tmpfiles --create) (\S+)/mg) {
	my $made = $file =~ s{^\$PWD/}{}r;

	unlike($made, qr{^\w.*/}, "$file is absolute") if $made eq $file;
	ok(-e "$source/$made.in" || $made eq 'inftpd.conf', "$file is made");
}

done_testing;
