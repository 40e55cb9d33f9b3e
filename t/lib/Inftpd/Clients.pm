package Inftpd::Clients;

# Inftpd::Clients - the jobs of daily use, given to a real client.
#
# One table of jobs, below; each t/clients-NAME.t brings an adapter for its
# client and says `jobs(adapter)' and, for FTPS, `many(adapter)':
#
#     jobs({ name => 'lftp', packages => ['lftp'], version => 'lftp --version',
#         run => sub {
#             my ($how, @steps) = @_;
#             return (['lftp', ...], "text of its standard input");
#         },
#         cannot => { abort => 'why' } });
#
# Steps are [verb, argument...]: list DIR; get, reget, get_time REMOTE LOCAL;
# put, reput, put_time LOCAL REMOTE; get_tree REMOTE LOCAL; put_tree LOCAL
# REMOTE; rename OLD NEW; remove, mkdir, rmdir NAME; abort REMOTE LOCAL, to be
# followed by other steps. run() gives one or more commands, each with its
# input. A verb in cannot is left out, by name and with the reason.
#
# how: host, user, password, active, tls (explicit, implicit, or not), ca; named:
# what HOST is to say before the login.
# Results are named "client version | service | job": the table is made of them.

use strict;
use warnings;

use Exporter 'import';
use File::Path ();
use Test::More;
use Time::HiRes ();

use Inftpd::System;
use Inftpd::TLS ();

our @EXPORT = qw(configure_for fresh hosts jobs many program_steps quoted refused_without_reuse
	result run serve titled);

my $here = '/srv/here';   # where the clients are at home
my $there = '/home/alice'; # what the server serves them
my $big = join '', map { pack 'N*', map { $_ * 2654435761 & 0xffffffff }
    $_ * 1000 .. $_ * 1000 + 999 } 1 .. 200; # 800,000 bytes
my $limit = 40; # seconds for one client
my ($pair, $ca, %tls);

# --- the machine --------------------------------------------------------------

sub set_up {
	my ($client) = @_;
	my ($program) = split ' ', $client->{version};
	my $missing = !grep { -x "$_/$program" } split /:/, $ENV{PATH};

	$missing ||= $client->{wants} && !$client->{wants}->();
	plan skip_all => "$client->{name} is not installed: apt-get install " .
	    "@{ $client->{packages} }" if $missing;
	return if $ca;
	alarm 900;
	File::Path::make_path('/etc/certs', $here);
	$ca = Inftpd::TLS::pair('/etc/certs', 'ca');
	$pair = Inftpd::TLS::pair('/etc/certs', 'ftpd', kind => 'rsa', by => $ca,
	    name => 'IP:192.0.2.1,IP:fd00::1,DNS:other.example.com');
	%tls = Inftpd::TLS::conf($pair);
	@ENV{qw(HOME LC_ALL TERM)} = ($here, 'C.UTF-8', 'dumb');
	@ENV{qw(SSL_CERT_FILE NODE_EXTRA_CA_CERTS)} = ($ca->{cert}) x 2;
	chdir $here or die "$here: $!\n";
	three_kinds();
	drop_in('slow', local_root => '/srv/slow', local_max_rate => 200_000,
	    virtual_use_local_privs => 'YES',
	    password => crypt('secret', '$6$rounds=1000$inftpdtest$'));
	mkdir '/srv/slow';
	write_file('/srv/slow/big', $big);
	super_server();
	super_server(port => 990);
}

# The version as the client, or its package, tells it: the first number in that.
sub version {
	my ($client) = @_;
	my $said = `$client->{version} 2>&1 </dev/null`;

	return $said =~ /(\d+[.\d][\w.+-]*)/ ? $1 : '?';
}

sub run_one {
	my ($command, $input) = @_;

	write_file("$here/.input", $input // '');
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		open STDIN, '<', "$here/.input";
		open STDOUT, '>>', "$here/.output";
		open STDERR, '>&', \*STDOUT;
		alarm 0;
		no warnings 'exec';
		exec 'timeout', '-k', 5, $limit, @$command;
		POSIX::_exit(127);
	}
	waitpid $pid, 0;
	return $?;
}

# The steps done by the client: (the first bad status or 0, its output).
sub run {
	my ($client, $how, @steps) = @_;
	my @todo = $client->{run}->({ host => '192.0.2.1', user => 'alice',
	    password => 'secret', ca => $ca->{cert}, %$how }, @steps);
	my $status = 0;

	unlink "$here/.output";
	while (my ($command, $input) = splice @todo, 0, 2) {
		my $this = run_one($command, $input);
		$status ||= $this;
	}
	return ($status, read_file("$here/.output"));
}

# For clients that are programs of t/clients/: settings in the environment,
# the steps on standard input.
sub program_steps {
	my (@command) = @_;

	return sub {
		my ($how, @steps) = @_;
		my %set = map { ('FTP_' . uc) => $how->{$_} // '' }
		    qw(host user password active tls ca named);

		return (['env', (map { "$_=$set{$_}" } sort keys %set), @command],
		    join '', map { join("\t", @$_) . "\n" } @steps);
	};
}

sub quoted {
	return map { '"' . s/(["\\])/\\$1/gr . '"' } @_;
}

# --- the table of jobs ----------------------------------------------------------

sub fresh {
	File::Path::remove_tree(glob "$there/* $here/*");
	write_file("$there/big", $big);
	for my $dir ('dir', 'tree', 'tree/sub', 'tree/with blank') {
		mkdir "$there/$dir" or die "$dir: $!\n";
	}
	write_file("$there/dir/$_", "$_\n") for qw(one two);
	write_file("$there/tree/$_", "$_\n") for 'a', 'sub/b', 'with blank/c d';
	write_file("$there/tree/empty", '');
	write_file("$here/up", "sent up\n" x 1000);
	utime 1_000_000_000, 1_000_000_000, "$there/big", "$here/up";
	system "cp -a $there/tree $here/mine";
	system "chown -R alice: $there";
	forget_log();
}

sub content {
	my ($path) = @_;

	return -f $path ? read_file($path) : undef;
}

sub same_content {
	my (@paths) = @_;
	my @is = map { content($_) } @paths;

	return defined $is[0] && defined $is[1] && $is[0] eq $is[1];
}

my $seen = 0; # lines of the log that were there before this job

sub forget_log { $seen = () = log_lines() }

sub new_lines {
	my @lines = log_lines();

	return @lines[$seen .. $#lines];
}

# The bytes of the newest transfer of a file, by the server's log. A client may
# take up again some bytes before the end of what it has.
sub bytes_moved {
	my ($name) = @_;
	my $moved;

	Inftpd::Test::wait_until(sub {
		($moved) = map { m{load "\Q$there/$name\E": (\d+) bytes} ? $1 : () }
		    reverse new_lines();
		return defined $moved;
	}, 5);
	return $moved // 1e9;
}

sub login_failed {
	return Inftpd::Test::wait_until(
	    sub { grep { /login-failed/ } new_lines() }, 5);
}

sub mtime { return (stat $_[0])[9] // 0 }

# Are both names of dir in the output, in whatever order and form?
sub lists { return $_[0] =~ /\bone\b/ && $_[0] =~ /\btwo\b/ }

my @names = ('name with blanks', "gr\xc3\xbc\xc3\x9fe", 'plus+percent%20');
my @daily = (['list', 'dir'], ['get', 'big', 'big'], ['put', 'up', 'up']);
my $daily_done = sub {
	my ($status, $output, $did) = @_;

	return $status == 0 && (!$did->{list} || lists($output)) &&
	    same_content("$there/big", "$here/big") &&
	    (!$did->{put} || same_content("$here/up", "$there/up"));
};

# name, steps, test of (status, output), how, preparation.
my @jobs = (
	{ name => 'list', steps => [['list', 'dir']],
	    done => sub { $_[0] == 0 && lists($_[1]) } },
	{ name => 'get', steps => [['get', 'big', 'big']],
	    done => sub { same_content("$there/big", "$here/big") } },
	{ name => 'put', steps => [['put', 'up', 'up']],
	    done => sub { same_content("$here/up", "$there/up") } },
	{ name => 'resume a download', steps => [['reget', 'big', 'big']],
	    before => sub { write_file("$here/big", substr $big, 0, 300_000) },
	    done => sub { same_content("$there/big", "$here/big") &&
		bytes_moved('big') < 600_000 } },
	{ name => 'resume an upload', steps => [['reput', 'whole', 'part']],
	    before => sub {
		write_file("$here/whole", $big);
		write_file("$there/part", substr $big, 0, 300_000);
		chown 1001, 1001, "$there/part";
	    },
	    done => sub { same_content("$here/whole", "$there/part") &&
		bytes_moved('part') < 600_000 } },
	{ name => 'rename', steps => [['rename', 'dir/one', 'dir/three']],
	    done => sub { !-e "$there/dir/one" && -e "$there/dir/three" } },
	{ name => 'remove', steps => [['remove', 'dir/one']],
	    done => sub { !-e "$there/dir/one" && -e "$there/dir/two" } },
	{ name => 'make a directory', steps => [['mkdir', 'made']],
	    done => sub { -d "$there/made" } },
	{ name => 'remove a directory', steps => [['rmdir', 'tree/gone']],
	    before => sub { mkdir "$there/tree/gone";
		chown 1001, 1001, "$there/tree/gone" },
	    done => sub { !-e "$there/tree/gone" && -d "$there/tree" } },
	{ name => 'mirror a tree down', steps => [['get_tree', 'tree', 'copy']],
	    done => sub { system("diff -r $there/tree $here/copy") == 0 } },
	{ name => 'mirror a tree up', steps => [['put_tree', 'mine', 'copy']],
	    done => sub { system("diff -r $here/mine $there/copy") == 0 } },
	{ name => 'keep the time of a download',
	    steps => [['get_time', 'big', 'big']],
	    done => sub { mtime("$here/big") == 1_000_000_000 } },
	{ name => 'keep the time of an upload',
	    steps => [['put_time', 'up', 'up']],
	    done => sub { mtime("$there/up") == 1_000_000_000 } },
	{ name => 'names with blanks and UTF-8',
	    before => sub {
		my ($did) = @_;
		my $from = $did->{put} ? $here : $there;
		write_file("$from/$_", "$_\n") for @names;
	    },
	    steps => [(map { ['put', $_, $_] } @names), ['list', '.'],
		map { ['get', $_, "$_.copy"] } @names],
	    done => sub {
		my ($status, $output, $did) = @_;
		return !grep { !same_content("$there/$_", "$here/$_.copy") ||
		    $did->{put} && !same_content("$here/$_", "$there/$_") ||
		    $did->{list} && index($output, $_) < 0 } @names;
	    } },
	{ name => 'active', how => { active => 1 }, steps => \@daily,
	    done => $daily_done },
	{ name => 'IPv6', how => { host => 'fd00::1' }, steps => \@daily,
	    done => $daily_done },
	{ name => 'IPv6, active', how => { host => 'fd00::1', active => 1 },
	    steps => \@daily, done => $daily_done },
	{ name => 'a wrong password is told', how => { password => 'wrong' },
	    steps => [['list', 'dir'], ['get', 'big', 'big']],
	    done => sub {
		my ($status, $output) = @_;
		return !lists($output) && !-s "$here/big" &&
		    $output =~ /530|[Ll]ogin|[Pp]assword|denied|failed/ &&
		    login_failed();
	    } },
	{ name => 'abort, and go on', how => { user => 'slow' },
	    steps => [['abort', 'big', 'some'], ['list', '.']], done => sub {
		my ($status, $output) = @_;
		return $status == 0 && $output =~ /big/ &&
		    (-s "$here/some" // 0) < length $big;
	    } },
);

# The job's steps that this client can do, or why it is not asked to do it: by
# the job's name or the verb's. Of several steps what it can is enough.
sub steps_for {
	my ($client, $job) = @_;
	my $cannot = $client->{cannot} || {};
	my @steps = @{ $job->{steps} };
	my @can = grep { !$cannot->{$_->[0]} } @steps;

	return $cannot->{$job->{name}} if $cannot->{$job->{name}};
	return $cannot->{$steps[0][0]} if !@can || $job->{name} =~ /abort/ &&
	    @can < @steps;
	return (undef, @can);
}

sub result {
	my ($title, $ok, $status, $output) = @_;
	my @log = new_lines();

	ok($ok, $title) or diag("status $status\n", substr($output, -2000),
	    "\n", map { "$_\n" } splice @log, @log > 15 ? -15 : 0);
}

sub do_job {
	my ($client, $how, $title, $job, @steps) = @_;
	my %did = map { $_->[0] => 1 } @steps;

	fresh();
	$job->{before}->(\%did) if $job->{before};
	my ($status, $output) = run($client, { %$how, %{ $job->{how} // {} } },
	    @steps);
	my $done = $job->{done}->($status, $output, \%did);
	result($title, $done, $status, $output);
	ok(Inftpd::Test::wait_until(sub { !sessions() }, 10),
	    'no session is left') or diag($title);
}

# A client that is killed in the middle: the server has noticed.
sub killed {
	my ($client, $how, $title) = @_;
	my $pid = fork // die "fork: $!\n";

	if ($pid == 0) {
		setpgrp;
		alarm 0;
		run($client, { %$how, user => 'slow' }, ['get', 'big', 'half']);
		POSIX::_exit(0);
	}
	my $begun = Inftpd::Test::wait_until(sub {
		grep { -e && -s } glob "$here/half* $here/.*half*" }, 10) ||
	    sessions();
	kill 'KILL', -$pid;
	waitpid $pid, 0;
	ok($begun && Inftpd::Test::wait_until(sub { !sessions() }, 10), $title);
}

# The name of a result.
sub titled {
	my ($client, $service, $job) = @_;

	$client->{title} //= "$client->{name} " . version($client);
	return "$client->{title} | $service | $job";
}

# The server without TLS.
sub serve {
	my ($client, %conf) = @_;

	set_up($client);
	configure_for({}, %conf);
}

# All jobs. tls: explicit or implicit; reuse: whether it is required, then.
sub jobs {
	my ($client, %arg) = @_;
	my $how = { tls => $arg{tls} };
	my $service = $arg{tls} ? "FTPS, $arg{tls}" : 'plain';

	set_up($client);
	configure_for($how, $arg{tls} ? (
	    require_ssl_reuse => $arg{reuse} // 'YES',
	    implicit_ssl => $arg{tls} eq 'implicit' ? 'YES' : 'NO') : ());
	for my $job (@jobs) {
		my $title = titled($client, $service, $job->{name});
		my ($reason, @steps) = steps_for($client, $job);

		SKIP: {
			skip "$title: $reason", 1 if $reason;
			do_job($client, $how, $title, $job, @steps);
		}
	}
	fresh();
	killed($client, $how, titled($client, $service, 'killed in the middle'));
}

# --- FTPS -----------------------------------------------------------------------

sub configure_for {
	my ($how, %conf) = @_;

	three_kinds(local_umask => '022', $how->{tls} ? %tls : (), %conf);
}

# count files up, and down again, in one session.
sub many_files {
	my ($client, $title, $how, $count) = @_;
	my @files = map { "f$_" } 1 .. $count;

	File::Path::remove_tree(glob "$there/* $here/*");
	write_file("$here/f$_", substr($big, $_, $_ % 4 ? 300_000 : $_ * 7) . $_)
	    for 1 .. $count;
	my ($status, $output) = run($client, $how,
	    map { ['put', $_, $_] } @files);
	my @bad = grep { !same_content("$here/$_", "$there/$_") } @files;
	result("$title, $count files up", $status == 0 && !@bad, $status,
	    @bad . " bad\n$output");
	($status, $output) = run($client, $how,
	    map { ['get', $_, "down-$_"] } @files);
	@bad = grep { !same_content("$there/$_", "$here/down-$_") } @files;
	result("$title, $count files down", $status == 0 && !@bad, $status,
	    @bad . " bad\n$output");
	Inftpd::Test::wait_until(sub { !sessions() }, 10);
}

# 200 files each way for each kind and version; reuse: required or not.
sub many {
	my ($client, %arg) = @_;

	set_up($client);
	$limit = 240;
	my $count = $arg{count} // 200;
	my $reuse = $arg{reuse} // 'YES';
	for my $kind (@{ $arg{kinds} // ['explicit', 'implicit'] }) {
		for my $version (@{ $arg{versions} // ['1.2', '1.3'] }) {
			my $words = $reuse eq 'YES' ? 'reuse required'
			    : 'reuse not required';
			configure_for({ tls => $kind },
			    require_ssl_reuse => $reuse,
			    implicit_ssl => $kind eq 'implicit' ? 'YES' : 'NO',
			    ssl_min_version => "TLSv$version",
			    ssl_max_version => "TLSv$version");
			my $title = titled($client, "FTPS, $kind, TLS $version",
			    $words);
			many_files($client, $title, { tls => $kind }, $count);
		}
	}
}

# A client that resumes nothing is told so, and the log names the directive.
sub refused_without_reuse {
	my ($client, $version) = @_;
	configure_for({ tls => 1 }, require_ssl_reuse => 'YES',
	    ssl_min_version => "TLSv$version", ssl_max_version => "TLSv$version");
	fresh();
	my ($status, $output) = run($client, { tls => 'explicit' },
	    ['get', 'big', 'big']);
	result(titled($client, "FTPS, explicit, TLS $version",
	    'reuse required, told 522'), $output =~ /522/, $status, $output);
	log_has(qr/require_ssl_reuse=YES/, 'and the log names the directive');
}

# --- virtual hosts ----------------------------------------------------------------

my %host = map { $_ => "$_.example.com" } qw(red blue other);

# red and blue, each with its certificate and directory; other is a name of the
# address that is no host's.
sub make_hosts {
	mkdir conf_path('host.d');
	write_file('/etc/hosts', "192.0.2.1 @host{qw(red blue other)}\n");
	for my $name (qw(red blue)) {
		my $its = Inftpd::TLS::pair('/etc/certs', $name, kind => 'rsa',
		    by => $ca, name => "DNS:$host{$name}");
		my %conf = (ftpd_banner => "This is $name.",
		    local_root => "/srv/$name", rsa_cert_file => $its->{cert},
		    rsa_private_key_file => $its->{key});
		my $dir = conf_path("host.d/$host{$name}");

		mkdir $_ for $dir, "/srv/$name";
		write_file("$dir/10.conf",
		    join '', map { "$_=$conf{$_}\n" } sort keys %conf);
		write_file("/srv/$name/whose", "$name\n");
	}
	write_file("$there/whose", "other\n");
	chown 1001, 1001, "$there/whose";
}

# Whose file the client gets; it looks at the certificate's name.
sub whose {
	my ($client, $how) = @_;

	unlink "$here/whose";
	my ($status, $output) = run($client, $how, ['get', 'whose', 'whose']);
	return (content("$here/whose") // '', $status, $output);
}

# The row of one name after the other: [what is named, whose file comes].
sub names {
	my ($client, $title, $how, @cases) = @_;
	my (@bad, $all);

	forget_log();
	for (@cases) {
		my ($set, $expected) = @$_;
		my ($whose, $status, $output) = whose($client, { %$how, %$set });
		$all .= $output;
		push @bad, "$whose instead of $expected" if $whose ne $expected;
	}
	result(titled($client, @$title), !@bad, 0, "@bad\n$all");
}

sub not_asked {
	my ($client, $service, $job, $reason) = @_;

	SKIP: { skip titled($client, $service, $job) . ": $reason", 1 }
}

# What a client says of hosts. sni: the kinds of TLS with which it says the name
# in the handshake; host: that it says HOST by itself, or can be told to: without
# TLS ("plain"), before AUTH or behind it, or before AUTH and no name in the
# handshake ("instead"). Or no_sni and no_host: why it is not asked.
sub hosts {
	my ($client, %arg) = @_;
	my $by = $arg{host} // '';
	my @by_name = map { [{ host => $host{$_} }, "$_\n"] } qw(red blue other);
	my @told = map { [{ host => $host{$_}, named => $host{$_} }, "$_\n"] }
	    qw(red blue);
	my $sni = 'the name in the handshake chooses the host';
	my $host = 'HOST chooses the host';

	set_up($client);
	fresh();
	make_hosts();
	for my $kind (@{ $arg{sni} // [] }) {
		configure_for({ tls => $kind }, $kind eq 'implicit'
		    ? (implicit_ssl => 'YES') : ());
		names($client, ["FTPS, $kind", $sni], { tls => $kind }, @by_name);
	}
	not_asked($client, 'FTPS, explicit', $sni, $arg{no_sni}) if $arg{no_sni};
	return not_asked($client, 'plain', $host, $arg{no_host}) if $arg{no_host};
	configure_for({});
	names($client, ['plain', $host], {}, $by eq 'itself' ? @by_name : @told);
	return if $by =~ /itself|plain/;
	configure_for({ tls => 'explicit' });
	names($client, ['FTPS, explicit', $by eq 'instead' ? $host
	    : 'HOST and the handshake agree'], { tls => 'explicit' }, @told);
	return if $by eq 'instead';
	names($client, ['FTPS, explicit', 'HOST and the handshake disagree'],
	    { tls => 'explicit' }, map { [{ host => $host{$_->[0]},
	    named => $host{$_->[1]} }, ''] } ['red', 'blue'], ['other', 'red']);
	log_has(qr/names another host than HOST did/, 'and the log has it')
	    if $by eq 'before';
}

1;
