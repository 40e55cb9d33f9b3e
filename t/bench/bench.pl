#!/usr/bin/perl
# bench.pl - figures of inftpd and of vsftpd under the same xinetd, taken in
# turn in one run, and their ratios. Run by `make bench' as root; nothing of
# the host's is touched: mount, network and process namespaces are private.
#
# The servers' CPU time is their control group's, so all their processes
# count and the client's do not. Without vsftpd (command VSFTPD=path names
# one that is not installed) only our own figures are printed.

use v5.30;
use warnings;
use Cwd qw(abs_path);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use List::Util qw(sum);
use Time::HiRes qw(time sleep);

my $build = $ENV{abs_top_builddir} // '.';
my $rounds = $ENV{ROUNDS} // 7;

if (!$ENV{INFTPD_BENCH_INSIDE}) {
	die "bench: must be run by root\n" if $> != 0;
	$ENV{INFTPD_BENCH_INSIDE} = 1;
	exec qw(unshare --mount --net --pid --fork --mount-proc), $^X,
	    abs_path($0) or die "bench: unshare: $!\n";
}

sub run { system(@_) == 0 or die "bench: @_ failed\n" }
sub spew {
	my ($path, $text) = @_;
	open my $f, '>', $path or die "bench: $path: $!\n";
	print $f $text;
	close $f or die "bench: $path: $!\n";
}
sub slurp {
	my ($path) = @_;
	open my $f, '<', $path or return '';
	local $/;
	return <$f> // '';
}

# --- the place ------------------------------------------------------------

my $tmp = tempdir('inftpd-bench-XXXXXX', TMPDIR => 1);
run(qw(mount -t tmpfs -o mode=755 tmpfs), $tmp);
run(qw(ip link set lo up));
make_path("$tmp/inst", "$tmp/etc", map { "$tmp/work$_" } 1 .. 2);
run("make -s -C '$build' install DESTDIR='$tmp/inst' >/dev/null 2>&1");
my ($helper) = glob "$tmp/inst/*/libexec/inftpd/inftpd-helper "
    . "$tmp/inst/*/*/libexec/inftpd/inftpd-helper";
my ($prefix) = grep { -e "$tmp/inst$_/sbin/inftpd" } '/usr/local', '/usr', '/opt';
die "bench: make install put nothing where it is looked for\n" if !$prefix;
($helper) = grep { -e } glob "$tmp/inst$prefix/libexec/inftpd/inftpd-helper";

my $passwd = join '', grep { !/^(inftpd|ftp):/ } split /^/, slurp('/etc/passwd');
spew("$tmp/etc/passwd", $passwd
      . "inftpd:x:791:791::/:/usr/sbin/nologin\n"
      . "ftp:x:792:792::$tmp/data:/usr/sbin/nologin\n");
my $group = join '', grep { !/^(inftpd|ftp):/ } split /^/, slurp('/etc/group');
spew("$tmp/etc/group", $group . "inftpd:x:791:\nftp:x:792:\n");
make_path("$tmp/etc/inftpd/conf.d", "$tmp/data/in");
spew("$tmp/etc/inftpd/conf.d/bench.conf", <<"EOT");
anonymous_enable=YES
anon_root=$tmp/data
write_enable=YES
anon_upload_enable=YES
anon_other_write_enable=YES
anon_umask=022
EOT
chown 0, 791, $helper;
chmod 04750, $helper;
run('mount', '-t', 'overlay', 'overlay', '-o',
    "lowerdir=$prefix,upperdir=$tmp/inst$prefix,workdir=$tmp/work1", $prefix);
run('mount', '-t', 'overlay', 'overlay', '-o',
    "lowerdir=/etc,upperdir=$tmp/etc,workdir=$tmp/work2", '/etc');
spew("$tmp/data/small", 'x' x 4096);
run('truncate', '-s', '1G', "$tmp/data/big");
chown 792, 792, "$tmp/data/in";
make_path('/run/vsftpd/empty', '/var/run/vsftpd/empty');

my %server = (inftpd => { port => 2121, user => 'inftpd',
	program => "$prefix/sbin/inftpd", args => '' });
my $vsftpd = $ENV{VSFTPD} // (grep { -x } '/usr/sbin/vsftpd')[0];
die "bench: VSFTPD=$vsftpd: no such program\n" if $vsftpd && !-x $vsftpd;
if ($vsftpd) {
	spew("$tmp/vsftpd.conf", <<"EOT");
anonymous_enable=YES
anon_root=$tmp/data
write_enable=YES
anon_upload_enable=YES
anon_other_write_enable=YES
anon_umask=022
secure_chroot_dir=/run/vsftpd/empty
EOT
	$server{vsftpd} = { port => 2122, user => 'root', program => $vsftpd,
		args => "$tmp/vsftpd.conf" };
}

# --- servers in control groups of their own -------------------------------

make_path("$tmp/cg");
run(qw(mount -t cgroup2 none), "$tmp/cg");
for my $name (sort keys %server) {
	my $s = $server{$name};
	$s->{cg} = "$tmp/cg/inftpd-bench-$$-$name";
	mkdir $s->{cg} or die "bench: $s->{cg}: $!\n";
	spew("$tmp/$name.xinetd", <<"EOT");
service $name
{
	type = UNLISTED
	port = $s->{port}
	bind = 127.0.0.1
	socket_type = stream
	protocol = tcp
	wait = no
	user = $s->{user}
	server = $s->{program}
	server_args = $s->{args}
	instances = UNLIMITED
	per_source = UNLIMITED
	cps = 10000 1
	flags = NODELAY
	disable = no
}
EOT
	$s->{pid} = fork // die "bench: fork: $!\n";
	if ($s->{pid} == 0) {
		spew("$s->{cg}/cgroup.procs", "$$\n");
		open STDERR, '>', '/dev/null';
		exec 'xinetd', '-dontfork', '-f', "$tmp/$name.xinetd";
		exit 1;
	}
}
END {
	if ($ENV{INFTPD_BENCH_INSIDE}) {
		kill 'TERM', $_->{pid} for grep { $_->{pid} } values %server;
		sleep 0.5;
		rmdir $_->{cg} for grep { $_->{cg} } values %server;
	}
}
sleep 1;

sub cpu { slurp("$_[0]{cg}/cpu.stat") =~ /^usage_usec (\d+)/m ? $1 : 0 }

# All sessions over, so that all of their time is counted.
sub settle {
	my ($s) = @_;
	for (1 .. 100) {
		my @pids = split ' ', slurp("$s->{cg}/cgroup.procs");
		return if @pids <= 1;
		sleep 0.02;
	}
}

# --- a client -------------------------------------------------------------

sub client {
	my ($s) = @_;
	my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1',
		PeerPort => $s->{port}, Timeout => 10)
	    or die "bench: connect: $!\n";
	my $greeting = <$c> // die "bench: no greeting\n";
	$greeting =~ /^220/ or die "bench: $greeting";
	return $c;
}
sub ask {
	my ($c, $command, $code) = @_;
	syswrite $c, "$command\r\n" or die "bench: $command: $!\n";
	my $line;
	do { $line = <$c> // die "bench: $command: closed\n" }
	    until $line =~ /^\d{3} /;
	die "bench: $command: $line" if $code && $line !~ /^$code/;
	return $line;
}
sub login {
	my ($c) = @_;
	ask($c, 'USER ftp', 331);
	ask($c, 'PASS x', 230);
	ask($c, 'TYPE I', 200);
}
sub data {
	my ($c) = @_;
	ask($c, 'PASV', 227) =~ /,(\d+),(\d+)\)/ or die "bench: PASV\n";
	return IO::Socket::INET->new(PeerAddr => '127.0.0.1',
		PeerPort => $1 * 256 + $2) || die "bench: data: $!\n";
}
sub fetch {
	my ($c, $name) = @_;
	my $d = data($c);
	ask($c, "RETR $name", 150);
	1 while sysread $d, my $buffer, 1 << 20;
	close $d;
	my $line = <$c>;
	$line =~ /^226/ or die "bench: $line";
}
sub store {
	my ($c, $name, $bytes) = @_;
	my $d = data($c);
	ask($c, "STOR $name", 150);
	my $block = "\0" x (1 << 20);
	for (1 .. $bytes >> 20) {
		my $done = 0;
		$done += syswrite $d, $block, length($block) - $done, $done
		    while $done < length $block;
	}
	close $d;
	my $line = <$c>;
	$line =~ /^226/ or die "bench: $line";
}

# --- figures: each sub returns one value for one server -------------------

sub median { my @v = sort { $a <=> $b } @_; $v[@v / 2] }

my @figures = (
	[ 'connect to 220', 'us', sub {
		my ($s) = @_;
		my @times;
		for (1 .. 50) {
			my $start = time;
			my $c = client($s);
			push @times, (time - $start) * 1e6;
			ask($c, 'QUIT');
		}
		settle($s);
		return median(@times);
	} ],
	[ 'connect + QUIT, CPU', 'us', sub {
		my ($s) = @_;
		my $before = cpu($s);
		ask(client($s), 'QUIT', 221) for 1 .. 50;
		settle($s);
		return (cpu($s) - $before) / 50;
	} ],
	[ 'login + QUIT, CPU', 'us', sub {
		my ($s) = @_;
		my $before = cpu($s);
		for (1 .. 50) {
			my $c = client($s);
			login($c);
			ask($c, 'QUIT', 221);
		}
		settle($s);
		return (cpu($s) - $before) / 50;
	} ],
	[ 'one file of 4 KiB, CPU', 'us', sub {
		my ($s) = @_;
		my $c = client($s);
		login($c);
		fetch($c, 'small') for 1 .. 5;
		my $before = cpu($s);
		fetch($c, 'small') for 1 .. 300;
		my $used = (cpu($s) - $before) / 300;
		ask($c, 'QUIT', 221);
		settle($s);
		return $used;
	} ],
	[ 'download of 1 GiB, CPU', 'ms', sub {
		my ($s) = @_;
		my $c = client($s);
		login($c);
		my $before = cpu($s);
		fetch($c, 'big');
		my $used = (cpu($s) - $before) / 1000;
		ask($c, 'QUIT', 221);
		settle($s);
		return $used;
	} ],
	[ 'upload of 256 MiB, CPU', 'ms', sub {
		my ($s) = @_;
		my $c = client($s);
		login($c);
		my $before = cpu($s);
		store($c, 'in/up', 256 << 20);
		my $used = (cpu($s) - $before) / 1000;
		ask($c, 'DELE in/up', 250);
		ask($c, 'QUIT', 221);
		settle($s);
		return $used;
	} ],
	[ 'PSS of an idle session', 'KiB', sub {
		my ($s) = @_;
		my @sessions = map { my $c = client($s); login($c); $c } 1 .. 10;
		my @pids = grep { $_ != $s->{pid} }
		    split ' ', slurp("$s->{cg}/cgroup.procs");
		my $pss = sum map { slurp("/proc/$_/smaps_rollup")
			=~ /^Pss:\s+(\d+)/m ? $1 : 0 } @pids;
		ask($_, 'QUIT') for @sessions;
		settle($s);
		return $pss / 10;
	} ],
);

my @names = sort keys %server;
printf "%-26s %6s", 'median of ' . $rounds . ' rounds', '';
printf " %10s", $_ for @names;
say @names > 1 ? '      ratio' : '';
for my $figure (@figures) {
	my ($title, $unit, $measure) = @$figure;
	my %values;
	for (1 .. $rounds) {
		push @{ $values{$_} }, $measure->($server{$_}) for @names;
	}
	my %middle = map { $_ => median(@{ $values{$_} }) } @names;
	printf "%-26s %6s", $title, $unit;
	printf " %10.1f", $middle{$_} for @names;
	printf " %10.2f", $middle{inftpd} / $middle{vsftpd} if @names > 1;
	print "\n";
}
