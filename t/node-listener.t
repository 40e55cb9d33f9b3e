#!/usr/bin/perl
# Tier 3, make check-nodes: inftpd.service and inftpd.socket in a machine that
# systemd has booted, and what a connection costs in each of the three ways.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Node;
use Test::More;
use Time::HiRes ();

my %home = three_kinds();
chown 0, (getpwnam 'inftpd')[3], helper_path();
chmod 04750, helper_path();

sub main_pid { return systemctl(qw(show -P MainPID inftpd.service)) + 0 }

sub uid_of {
	my ($pid) = @_;

	return join ' ', (read_file("/proc/$pid/status") =~
	    /^Uid:\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)/m);
}

my $uid = getpwnam 'inftpd';

# The first reply is that code with such words, at once or soon.
sub greets {
	my ($name, $wanted, $words) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($c, $code, $text);

	ok(wait_until(sub {
		($c, $code, $text) = greeting();
		$c->hang_up;
		$code eq $wanted && $text =~ $words;
	}, 5), $name) or diag "$code $text";
}

# --- configuration that changes ---------------------------------------------------

sub check_changes {
	my $pid = main_pid();

	three_kinds(ftpd_banner => 'First');
	greets('a changed drop-in is seen by the next client', 220, qr/^First$/);
	write_file('/etc/inftpd/conf.d/20-more.conf', "ftpd_banner=Second\n");
	greets('so is a new one', 220, qr/^Second$/);
	write_file('/etc/inftpd/conf.d/20-more.conf',
	    "# broken\nmax_clients=many\n");
	greets('with a broken one clients hear 421', 421, qr/config/i);
	journal_has('and the log says file and line', ['_SYSTEMD_UNIT=inftpd.service'],
	    qr{/etc/inftpd/conf\.d/20-more\.conf:2:.*max_clients}m);
	is(systemctl(qw(is-active inftpd.service)), "active\n",
	    'the service is still there');
	unlink '/etc/inftpd/conf.d/20-more.conf';
	greets('mended', 220, qr/^First$/);
	three_kinds();
	systemctl(qw(reload inftpd.service));
	greets('and reloaded', 220, qr/ready/);
	is(main_pid(), $pid, 'all in the same process');
}

sub check_stop {
	my $c = dial();

	$c->login('alice');
	systemctl(qw(stop inftpd.service));
	is(($c->cmd('NOOP'))[0], 200, 'stopping the service leaves sessions alone');
	is(($c->stor('after-the-stop', 'x'))[0], 226, 'and their transfers');
	$c->quit;
	is(systemctl(qw(list-units --failed --no-legend)), '',
	    'nothing has failed');
}

systemctl(qw(enable --now inftpd.service));
is(systemctl(qw(is-active inftpd.service)), "active\n",
    'inftpd.service is ready');
is(uid_of(main_pid()), join(' ', ($uid) x 4), 'and no root any more');
subtest 'clients and kinds of users' => sub { check_clients(%home) };
subtest 'changes' => \&check_changes;
subtest 'stop' => \&check_stop;
systemctl(qw(disable inftpd.service));

subtest 'inftpd.socket' => sub {
	systemctl(qw(enable --now inftpd.socket));
	is(systemctl(qw(is-active inftpd.service)), "inactive\n",
	    'nothing runs before the first client');
	my $c = dial();
	is(systemctl(qw(is-active inftpd.service)), "active\n", 'then it does');
	is(uid_of(main_pid()), join(' ', ($uid) x 4), 'as inftpd');
	$c->login('alice');
	$c->quit;
	check_changes();
	check_stop();
	write_file('/etc/systemd/system/inftpd.service.d/user.conf',
	    "[Service]\nUser=inftpd\n");
	systemctl('daemon-reload');
	$c = dial();
	$c->login('alice');
	is(($c->stor('unrooted', 'x'))[0], 226,
	    'the service can be inftpd from its start');
	$c->quit;
	unlink '/etc/systemd/system/inftpd.service.d/user.conf',
	    '/home/alice/unrooted';
	systemctl('daemon-reload');
	systemctl(qw(disable --now inftpd.socket inftpd.service));
};

# Starting one stops the other, which must have left the port by then.
subtest 'one or the other' => sub {
	my @units = qw(ftp.socket ftp-hardened.socket inftpd.socket
	    inftpd.service);
	my %together = ('inftpd.socket inftpd.service' => 1,
	    # The manager refuses a socket whose service runs without it.
	    'inftpd.service inftpd.socket' => 1);

	for my $first (@units) {
		for my $then (grep { $_ ne $first } @units) {
			next if $together{"$first $then"};
			systemctl('stop', @units);
			systemctl('start', $first);
			systemctl('start', $then);
			is(systemctl('is-active', $first, $then),
			    "inactive\nactive\n", "$then after $first");
			dial()->quit;
		}
	}
	systemctl('stop', @units);
};

subtest 'exposure' => sub {
	my $text = output(qw(systemd-analyze security --no-pager
	    --offline=true), unit_path('inftpd.service'));

	note $text;
	like($text, qr/Overall exposure level/, 'inftpd.service is weighed');
};

# --- what a connection costs --------------------------------------------------------

# Milliseconds until 220, the middle of many.
sub cost {
	my ($unit) = @_;
	my @took;

	systemctl('start', $unit);
	dial()->quit for 1 .. 5;
	for (1 .. 60) {
		my $begin = Time::HiRes::time();
		my $c = dial();
		push @took, 1000 * (Time::HiRes::time() - $begin);
		$c->quit;
	}
	systemctl('stop', $unit);
	return (sort { $a <=> $b } @took)[@took / 2];
}

# Sessions greeted and ended in a second, for a few clients at once.
sub rate {
	my ($unit) = @_;
	my @pipes;

	systemctl('start', $unit);
	for (1 .. 6) {
		my $pid = open my $pipe, '-|';

		defined $pid or die "fork: $!\n";
		push @pipes, $pipe;
		next if $pid;
		my ($done, $until) = (0, Time::HiRes::time() + 4);
		while (Time::HiRes::time() < $until) {
			eval { dial()->quit; 1 } and $done++;
		}
		print "$done\n";
		close STDOUT;
		kill 'KILL', $$; # no test ends here
	}
	my $all = 0;
	$all += <$_> for @pipes;
	systemctl('stop', $unit);
	return $all / 4;
}

subtest 'cost' => sub {
	my %cost = map { $_ => cost($_) }
	    qw(ftp.socket ftp-hardened.socket inftpd.service);

	note sprintf '%-20s %6.2f ms until 220, %5.1f times the listener\'s',
	    $_, $cost{$_}, $cost{$_} / $cost{'inftpd.service'}
	    for sort keys %cost;
	note sprintf '%-20s %6.0f sessions a second', $_, rate($_)
	    for sort keys %cost;
	cmp_ok($cost{'inftpd.service'}, '<', $cost{'ftp.socket'},
	    'the listener is cheaper than ftp.socket');
	cmp_ok($cost{'ftp.socket'}, '<', $cost{'ftp-hardened.socket'},
	    'and that than the hardened variant');
};

done_testing;
