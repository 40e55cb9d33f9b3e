package Inftpd::Node;

# Inftpd::Node - a machine that systemd has booted, for t/node-*.t.
#
# Using it starts the test again inside the machine that t/nodes/boot makes,
# as root, with inftpd installed and nothing of it enabled. What is here are
# the hands for it: accounts, configuration, sessions, and systemctl.
#
#     use Inftpd::Node;
#     my %home = three_kinds();
#     systemctl(qw(enable --now ftp.socket));
#     dial()->login('alice');

use strict;
use warnings;

use Cwd ();
use Exporter 'import';
use File::Basename ();
use File::Path ();
use IO::Socket::IP ();
use Socket ();
use Test::More ();
use Time::HiRes ();

use Inftpd::Test ();
use Inftpd::Test::Client ();

our @EXPORT = qw(configure dial flood greeting helper_path instances
    journal journal_has output program read_file check_clients systemctl
    three_kinds unit_path wait_until write_file);

our $CONF = '/etc/inftpd/conf.d/10-test.conf';
my $lib = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/..');

INIT {
	if (!$ENV{NODE_BOOTED}) {
		my $build = Cwd::abs_path($ENV{abs_top_builddir} || "$lib/../..");

		exec "$lib/../nodes/boot", $build, $^X, "-I$lib",
		    Cwd::abs_path($0) or die "boot: $!\n";
	}
	# lftp takes no ::1, where no other address is of its family.
	output(qw(ip address add fd00::1/128 dev lo));
	$SIG{PIPE} = 'IGNORE';
	$| = 1;
}

sub wait_until { return Inftpd::Test::wait_until(@_) }

# --- the machine --------------------------------------------------------------

sub read_file {
	my ($path) = @_;

	open my $file, '<:raw', $path or die "$path: $!\n";
	local $/;
	return scalar(<$file>) // '';
}

sub write_file {
	my ($path, $text) = @_;

	File::Path::make_path(File::Basename::dirname($path));
	open my $file, '>:raw', $path or die "$path: $!\n";
	print $file $text;
	close $file or die "$path: $!\n";
}

# What a command says, error messages included; its status is in $?.
sub output {
	my $pid = open my $pipe, '-|';

	defined $pid or die "fork: $!\n";
	if ($pid == 0) {
		open STDERR, '>&', \*STDOUT;
		exec @_ or die "$_[0]: $!\n";
	}
	local $/;
	my $text = <$pipe>;
	close $pipe;
	return $text // '';
}

sub systemctl {
	my $text = output('systemctl', '--no-pager', @_);

	Test::More::diag("systemctl @_: $text") if $? != 0 &&
	    $_[0] !~ /^(?:status|is-|list-)/;
	return $text;
}

sub unit_path {
	my ($path) = grep { -e } map { "$_/systemd/system/$_[0]" }
	    qw(/usr/local/lib /usr/lib /lib /etc);

	return $path // die "no $_[0]\n";
}

sub started_by {
	my ($unit) = @_;

	return read_file(unit_path($unit)) =~ /^ExecStart=-?(\S+)/m ? $1 : '';
}

sub program { return started_by('ftp@.service') }
sub helper_path { return started_by('inftpd-helper@.service') }

# The sessions' units of a kind, "ftp@".
sub instances {
	my ($prefix) = @_;

	my @found = systemctl(qw(list-units --no-legend --plain), "$prefix*")
	    =~ /^(\Q$prefix\E\S+)/mg;

	return @found;
}

# The journal's entries that match all of FIELD=value.
sub journal {
	my (@matches) = @_;

	return output(qw(journalctl --no-pager -o export), @matches);
}

# Is there, or comes there soon, an entry of which all patterns hold?
sub journal_has {
	my ($name, $matches, @patterns) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my @entries;
	my $found = wait_until(sub {
		@entries = split /\n\n/, journal(@$matches);
		grep { my $e = $_; !grep { $e !~ $_ } @patterns } @entries;
	}, 5);

	Test::More::ok($found, $name) or Test::More::diag(
	    "no @patterns in @{[ scalar @entries ]} entries; last:\n",
	    $entries[-1] // 'none');
}

# --- accounts and configuration -----------------------------------------------

# One drop-in, and nothing else.
sub configure {
	my (%conf) = @_;

	%conf = (delay_failed_login => 0, %conf);
	write_file($CONF, join '', map { "$_=$conf{$_}\n" } sort keys %conf);
}

# alice is local, vera virtual, and there is the anonymous user: where each
# may write.
sub three_kinds {
	my (%conf) = @_;

	my $hash = crypt 'secret', '$6$rounds=1000$inftpdtest$';
	output('useradd', '-m', '-s', '/bin/sh', '-p', $hash, 'alice')
	    unless getpwnam 'alice';
	write_file('/etc/inftpd/user.d/vera.conf', "local_root=/srv/vera\n" .
	    "write_enable=YES\nvirtual_use_local_privs=YES\nlocal_umask=022\n" .
	    "password=$hash\n");
	chmod 0600, '/etc/inftpd/user.d/vera.conf';
	for my $dir ('/srv/vera', '/srv/ftp/pub') {
		File::Path::make_path($dir);
		chown((getpwnam 'ftp')[2, 3], $dir);
	}
	configure(anonymous_enable => 'YES', local_enable => 'YES',
	    virtual_enable => 'YES', write_enable => 'YES',
	    anon_upload_enable => 'YES', anon_mkdir_write_enable => 'YES',
	    anon_world_readable_only => 'NO', connect_from_port_20 => 'YES',
	    %conf);
	return (alice => '/home/alice', vera => '/srv/vera',
	    anonymous => '/srv/ftp/pub');
}

# --- sessions -----------------------------------------------------------------

# A connection, and its first reply: (client, code, text).
sub greeting {
	my (%arg) = @_;
	my $socket;

	wait_until(sub { $socket = IO::Socket::IP->new(
	    PeerHost => $arg{address} // '127.0.0.1',
	    PeerPort => $arg{port} // 21, Type => Socket::SOCK_STREAM,
	    ($arg{from} ? (LocalHost => $arg{from}) : ())) }, 5)
	    or die "connect: $@\n";
	my $client = Inftpd::Node::Client->new(
	    undef, $socket, undef, '/dev/null');
	return ($client, $client->reply);
}

# A connection that has had its 220.
sub dial {
	my ($client, $code, $text) = greeting(@_);

	die "greeted with $code $text\n" if $code ne 220;
	return $client;
}

# Connects, rate times a second for some seconds, and hangs up at once, one
# process of its own. The rate that was reached, and how many were refused.
sub flood {
	my ($rate, $seconds) = @_;
	my $start = Time::HiRes::time();
	my ($done, $refused) = (0, 0);

	while ((my $now = Time::HiRes::time() - $start) < $seconds) {
		if ($done >= $now * $rate) {
			Time::HiRes::sleep(0.001);
			next;
		}
		my $socket = IO::Socket::IP->new(PeerHost => '127.0.0.1',
		    PeerPort => 21, Type => Socket::SOCK_STREAM, Timeout => 2);
		$refused++ if !$socket;
		$done++;
	}
	return ($done / (Time::HiRes::time() - $start), $refused);
}

# --- real clients -------------------------------------------------------------

my $round = 0;

sub sum {
	return -e $_[0] ? (split ' ', output('sha256sum', $_[0]))[0] : 'none';
}

# One file there and back with the commands, given local, remote and copy.
sub there_and_back {
	my ($name, $home, $dir, @commands) = @_;
	my $local = '/tmp/f' . ++$round;
	my $remote = "${dir}f$round";

	output('sh', '-c', "head -c 300000 /dev/urandom >$local");
	for my $command (@commands) {
		$command =~ s/LOCAL/$local/g;
		$command =~ s/REMOTE/$remote/g;
		$command =~ s/COPY/$local.copy/g;
		my $said = output('sh', '-c', "timeout 20 $command");
		Test::More::is($?, 0, "$name: $command") or
		    Test::More::diag($said);
	}
	Test::More::is(sum("$home/f$round"), sum($local),
	    "$name: what arrived");
	Test::More::is(sum("$local.copy"), sum($local),
	    "$name: what came back");
	unlink $local, "$local.copy", "$home/f$round";
}

sub check_curl {
	my ($user, $home, $dir, $host, $active) = @_;
	my $curl = "curl -sS -u $user:secret" . ($active ? ' -P -' : '');

	there_and_back("curl, $user", $home, $dir,
	    "$curl -T LOCAL 'ftp://$host/REMOTE'",
	    "$curl 'ftp://$host/REMOTE' -o COPY");
}

sub check_lftp {
	my ($user, $home, $dir, $host, $active) = @_;
	my $passive = $active ? 'no' : 'yes';

	there_and_back("lftp, $user", $home, $dir,
	    "lftp -e 'set net:max-retries 1; set cmd:fail-exit yes; " .
	    "set ftp:ssl-allow no; set ftp:passive-mode $passive; " .
	    "put LOCAL -o REMOTE; get REMOTE -o COPY; quit' " .
	    "-u $user,secret 'ftp://$host'");
}

# curl and lftp, for each kind of account, by IPv4 and IPv6, passive and
# active. home is what three_kinds() gave.
sub check_clients {
	my (%home) = @_;

	for my $user (sort keys %home) {
		my $dir = $user eq 'anonymous' ? 'pub/' : '';

		for my $host ('127.0.0.1', '[fd00::1]') {
			for my $active (0, 1) {
				my @how = ($user, $home{$user}, $dir, $host,
				    $active);

				check_curl(@how);
				check_lftp(@how);
			}
		}
	}
}

package Inftpd::Node::Client;

# A session that somebody else started.
our @ISA = ('Inftpd::Test::Client');

sub check { $_[0]->hang_up }

1;
