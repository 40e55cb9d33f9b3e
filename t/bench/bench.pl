#!/usr/bin/perl
# bench.pl - figures of inftpd and of vsftpd under the same xinetd, taken in
# turn in one run, and their ratios. Run by `make bench' as root; nothing of
# the host's is touched: mount, network and process namespaces are private.
#
# The servers' CPU time is their control group's, so all their processes
# count and the client's do not. Without vsftpd (command VSFTPD=path names
# one that is not installed) only our own figures are printed. FIGURE=pattern
# takes the figures whose titles match. TLS is whatever both sides prefer,
# which is 1.3. To see what a server can do, and not the client, the large file
# is read there by a client who shakes hands and then deciphers nothing.

use v5.30;
use warnings;
use Cwd qw(abs_path);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use IO::Socket::INET;
use IO::Socket::SSL ();
use Socket qw(MSG_TRUNC);
use List::Util qw(sum);
use Time::HiRes qw(time sleep);

my $build = $ENV{abs_top_builddir} // '.';
my $rounds = $ENV{ROUNDS} // 7;
my $wanted = $ENV{FIGURE} // '';

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
make_path("$tmp/etc/inftpd", "$tmp/conf/conf.d", "$tmp/data/in");
run("openssl req -x509 -nodes -newkey rsa:2048 -days 2 -subj /CN=bench " .
    "-keyout $tmp/key.pem -out $tmp/cert.pem 2>/dev/null");
my $tls = "ssl_enable=YES\nallow_anon_ssl=YES\n" .
    "rsa_cert_file=$tmp/cert.pem\nrsa_private_key_file=$tmp/key.pem";
spew("$tmp/conf/conf.d/bench.conf", <<"EOT");
anonymous_enable=YES
anon_root=$tmp/data
write_enable=YES
anon_upload_enable=YES
anon_other_write_enable=YES
anon_umask=022
$tls
require_ssl_reuse=YES
EOT
chown 0, 791, $helper;
chmod 04750, $helper;
run('mount', '-t', 'overlay', 'overlay', '-o',
    "lowerdir=$prefix,upperdir=$tmp/inst$prefix,workdir=$tmp/work1", $prefix);
run('mount', '-t', 'overlay', 'overlay', '-o',
    "lowerdir=/etc,upperdir=$tmp/etc,workdir=$tmp/work2", '/etc');
# A system's /etc is no overlay, where each open is two.
run('mount', '--bind', "$tmp/conf", '/etc/inftpd');
spew("$tmp/data/small", 'x' x 4096);
run('truncate', '-s', '1G', "$tmp/data/big");
run('truncate', '-s', '256M', "$tmp/data/up");
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
$tls
ssl_ciphers=HIGH
require_ssl_reuse=YES
EOT
	$server{vsftpd} = { port => 2122, user => 'root', program => $vsftpd,
		args => "$tmp/vsftpd.conf" };
}

# --- servers in control groups of their own -------------------------------

make_path("$tmp/cg");
run(qw(mount -t cgroup2 none), "$tmp/cg");
for my $name (sort keys %server) {
	my $s = $server{$name};
	$s->{cg} = "$tmp/cg/" . ($tmp =~ s{.*/}{}r) . "-$name";
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

# --- the same under TLS -----------------------------------------------------

# Both servers ask for data connections that resume a session.
sub secure {
	my ($socket, $context) = @_;
	IO::Socket::SSL->start_SSL($socket, SSL_reuse_ctx => $context,
	    SSL_session_key => 'ftp', SSL_hostname => '')
	    or die "bench: TLS: $IO::Socket::SSL::SSL_ERROR\n";
	return $socket;
}
sub tls_login {
	my ($s) = @_;
	my $context = IO::Socket::SSL::SSL_Context->new(SSL_verify_mode => 0,
	    SSL_session_cache => bless [], 'Sessions');
	my $c = client($s);
	ask($c, 'AUTH TLS', 234);
	secure($c, $context);
	login($c);
	ask($c, 'PBSZ 0', 200);
	ask($c, 'PROT P', 200);
	return ($c, $context);
}
sub tls_fetch {
	my ($c, $context, $name) = @_;
	my $d = data($c);
	ask($c, "RETR $name", 150);
	secure($d, $context);
	die "bench: not resumed\n" if !$d->get_session_reused;
	1 while sysread $d, my $buffer, 1 << 14;
	$d->close(SSL_fast_shutdown => 1);
	my $line = <$c>;
	$line =~ /^226/ or die "bench: $line";
}

# Seconds and CPU milliseconds of one transfer by curl.
sub by_curl {
	my ($s, @arguments) = @_;
	my $before = cpu($s);
	my $start = time;
	run(qw(curl -sS -k --ssl-reqd), @arguments);
	my $seconds = time - $start;
	settle($s);
	return ($seconds, (cpu($s) - $before) / 1000);
}
# TLS 1.2, since vsftpd 3.0.3 loses uploads of curl's under 1.3.
sub curl_up {
	by_curl($_[0], qw(--tls-max 1.2), '-T', "$tmp/data/up", '-Q', '-DELE up',
	    "ftp://127.0.0.1:$_[0]{port}/in/up");
}
sub blind_down {
	my ($s) = @_;
	my ($c, $context) = tls_login($s);
	my $d = data($c);
	ask($c, "RETR big", 150);
	secure($d, $context);
	my ($before, $start, $bytes, $buffer) = (cpu($s), time, 0, '');
	open my $raw, '+<&', fileno $d or die "bench: dup: $!\n";
	# The kernel throws away what MSG_TRUNC asks for: no copy, either.
	while ($bytes < 1 << 30) {
		defined recv $raw, $buffer, 1 << 20, MSG_TRUNC
		    and length $buffer or die "bench: $bytes bytes\n";
		$bytes += length $buffer;
	}
	my @used = (time - $start, (cpu($s) - $before) / 1000);
	close $raw;
	$d->close(SSL_no_shutdown => 1);
	ask($c, 'QUIT');
	settle($s);
	return @used;
}

# The newest ticket, once each, as is asked of TLS 1.3.
{
	package Sessions;
	sub add_session { push @{ $_[0] }, $_[2]; return 1 }
	sub get_session { return pop @{ $_[0] } }
	sub del_session { return 1 }
}

# --- figures: each sub returns one value for one server -------------------

# Of one process, in nanoseconds.
sub load_time {
	my $time = qx{'$build/t/bench/load' /etc/inftpd};

	die "bench: load failed\n" if $? != 0;
	return $time;
}

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
	# What both processes of a session pay for reading them; at most 300.
	# In sessions it is lost among all that they cost besides.
	[ '20 more drop-ins, CPU', 'us', sub {
		my $d = "$tmp/conf/conf.d";
		my $few = load_time();
		spew("$d/$_-more.conf", <<'EOT') for 10 .. 29;
# A drop-in of the usual size.
idle_session_timeout=300
data_connection_timeout=120
local_max_rate=1000000
ftpd_banner=Welcome.
hide_file=.*
EOT
		my $many = load_time();
		unlink map { "$d/$_-more.conf" } 10 .. 29;
		return 2 * ($many - $few) / 1000;
	}, 'inftpd' ],
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
	[ 'TLS login + QUIT, CPU', 'us', sub {
		my ($s) = @_;
		my $before = cpu($s);
		for (1 .. 30) {
			my ($c) = tls_login($s);
			ask($c, 'QUIT', 221);
			$c->close;
		}
		settle($s);
		return (cpu($s) - $before) / 30;
	} ],
	[ 'TLS file of 4 KiB, CPU', 'us', sub {
		my ($s) = @_;
		my ($c, $context) = tls_login($s);
		tls_fetch($c, $context, 'small') for 1 .. 5;
		my $before = cpu($s);
		tls_fetch($c, $context, 'small') for 1 .. 200;
		my $used = (cpu($s) - $before) / 200;
		ask($c, 'QUIT', 221);
		settle($s);
		return $used;
	} ],
	[ 'TLS download of 1 GiB, CPU', 'ms', sub { (blind_down(@_))[1] } ],
	[ 'TLS download of 1 GiB', 's', sub { (blind_down(@_))[0] } ],
	[ 'TLS upload of 256 MiB, CPU', 'ms', sub { (curl_up(@_))[1] } ],
	[ 'TLS upload of 256 MiB', 's', sub { (curl_up(@_))[0] } ],
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

@figures = grep { $_->[0] =~ /$ENV{ONLY}/ } @figures if $ENV{ONLY};
my @names = sort keys %server;
printf "%-26s %6s", 'median of ' . $rounds . ' rounds', '';
printf " %10s", $_ for @names;
say @names > 1 ? '      ratio' : '';
for my $figure (grep { $_->[0] =~ /$wanted/ } @figures) {
	my ($title, $unit, $measure, $only) = @$figure;
	my @measured = $only ? $only : @names;
	my %values;
	for (1 .. $rounds) {
		push @{ $values{$_} }, $measure->($server{$_}) for @measured;
	}
	my %middle = map { $_ => median(@{ $values{$_} }) } @measured;
	printf "%-26s %6s", $title, $unit;
	printf " %10.1f", $middle{$_} for @measured;
	printf " %10.2f", $middle{inftpd} / $middle{vsftpd} if @measured > 1;
	print "\n";
}
