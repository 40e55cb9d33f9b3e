#!/usr/bin/perl
# Transcript tier, no root: which drop-in counts, as --show-config tells it:
# order, precedence, masks, what is skipped; and its output fed back, which
# changes nothing.
use strict;
use warnings;
use File::Temp ();
use Test::More;

my $inftpd = ($ENV{abs_top_builddir} // 'build') . '/ftpd/inftpd';
my $dir = File::Temp->newdir;
mkdir "$dir/conf.d" or die "conf.d: $!";

sub put {
	my ($path, $text) = @_;

	open my $out, '>', "$dir/$path" or die "$path: $!";
	print $out $text;
	close $out or die "$path: $!";
}

# name => [value, origin] of every directive; origins without the directory.
sub show {
	my $said = `$inftpd --config $dir --show-config 2>&1`;
	my %shown;

	is $?, 0, '--show-config: status';
	while ($said =~ /^# origin: (.*)\n([a-z0-9_]+)=(.*)$/mg) {
		my ($origin, $name, $value) = ($1, $2, $3);

		$origin =~ s{^\Q$dir\E/}{};
		$shown{$name} = [$value, $origin];
	}
	return \%shown;
}

sub is_set {
	my ($shown, $name, $value, $origin, $test) = @_;

	is_deeply $shown->{$name}, [$value, $origin], $test;
}

my $shown = show();
is_set $shown, 'write_enable', 'NO', 'default', 'a default';
is_set $shown, 'local_umask', '0077', 'default', 'a mode has four digits';
is_set $shown, 'anon_root', '', 'default', 'an unset path';
ok !exists $shown->{password}, 'a secret has no line';
ok !exists $shown->{background}, 'nor has what is without effect';

open my $list, '-|', $inftpd, '--list-directives' or die $!;
my @names = map { (split /\t/)[0] } grep { !/\t(?:note|refused)\t/ } <$list>;
is join(' ', sort keys %$shown),
    join(' ', sort grep { $_ ne 'password' } @names),
    'all others are there';

put('inftpd.conf', "write_enable=YES\nlisten_port=2100\n");
put('conf.d/20-b.conf', "# comment\nlisten_port=2120\nftpd_banner=20\n");
put('conf.d/10-a.conf', "listen_port=2110\nmax_clients=10\n");
put('conf.d/9-c.conf', "max_clients=9\nftpd_banner=9\n");
$shown = show();
is_set $shown, 'write_enable', 'YES', 'inftpd.conf:1', 'the main file';
is_set $shown, 'listen_port', '2120', 'conf.d/20-b.conf:2',
    'the last of the drop-ins, and its line';
is_set $shown, 'max_clients', '9', 'conf.d/9-c.conf:1',
    'names are compared byte by byte';
is_set $shown, 'ftpd_banner', '9', 'conf.d/9-c.conf:2', 'likewise';

# Masks and what is no drop-in.
unlink "$dir/conf.d/9-c.conf";
symlink '/dev/null', "$dir/conf.d/9-c.conf" or die $!;
$shown = show();
is_set $shown, 'max_clients', '10', 'conf.d/10-a.conf:2', 'a masked drop-in';
put('conf.d/99.conf.bak', "max_clients=99\n");
put('conf.d/99', "max_clients=99\n");
put('conf.d/.99.conf', "max_clients=99\n");
put('conf.d/99.CONF', "max_clients=99\n");
put('conf.d/.conf', "max_clients=99\n");
$shown = show();
is_set $shown, 'max_clients', '10', 'conf.d/10-a.conf:2',
    'other names are no drop-ins';

symlink "$dir/conf.d/99", "$dir/conf.d/99.conf" or die $!;
$shown = show();
is_set $shown, 'max_clients', '99', 'conf.d/99.conf:1',
    'a link to a file is one';
unlink "$dir/conf.d/99.conf";

put('conf.d/zz.conf', "ftpd_banner=\n");
$shown = show();
is_set $shown, 'ftpd_banner', '', 'conf.d/zz.conf:1', 'an empty value unsets';

# Each type as it is written; then the output is the input.
put('conf.d/zz.conf', "anon_umask=22\nanon_max_rate=2M\nhide_file={*.bak,x}\n" .
    "anon_root=/srv/a b\nftpd_banner=a = b  # c\nno_anon_password=true\n");
$shown = show();
is_set $shown, 'anon_umask', '0022', 'conf.d/zz.conf:1', 'mode';
is_set $shown, 'anon_max_rate', '2097152', 'conf.d/zz.conf:2', 'size';
is_set $shown, 'hide_file', '{*.bak,x}', 'conf.d/zz.conf:3', 'pattern';
is_set $shown, 'anon_root', '/srv/a b', 'conf.d/zz.conf:4', 'path';
is_set $shown, 'ftpd_banner', 'a = b  # c', 'conf.d/zz.conf:5', 'text';
is_set $shown, 'no_anon_password', 'YES', 'conf.d/zz.conf:6', 'bool';

my $output = `$inftpd --config $dir --show-config`;
my $again = File::Temp->newdir;
open my $out, '>', "$again/inftpd.conf" or die $!;
print $out $output;
close $out or die $!;
my $second = `$inftpd --config $again --show-config 2>&1`;
s/^# origin: .*\n//mg for $output, $second;
is $second, $output, '--show-config fed back changes nothing';

my $empty = File::Temp->newdir;
like `$inftpd --config $empty --check-config 2>&1`, qr/^configuration ok$/m,
    'no files at all are no error';
like `$inftpd --config $empty/none --check-config 2>&1`,
    qr/^configuration ok$/m, 'nor is no directory';

done_testing;
