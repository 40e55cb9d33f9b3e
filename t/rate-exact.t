#!/usr/bin/perl
# Transcript tier, make check-rates: that rates are kept over ten seconds within
# 5 %, and in each half of a second without a burst; both ways, plain, under
# TLS, in ASCII, from conf.d and from a user's drop-in. Takes a quarter of a
# minute, all at once, on a machine that has time for it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

use Inftpd::Test;
use Test::More;
use Time::HiRes qw(time sleep);

require Inftpd::TLS;

my $has_tls = !Inftpd::TLS::lacks();
my $rate = 1_000_000;
my $seconds = 10;
my %server = (plain => Inftpd::Test->new(
    conf => { local_max_rate => $rate, local_max_rate_up => $rate,
        anon_max_rate => $rate / 2, anon_upload_enable => 'YES',
        write_enable => 'YES', ascii_download_enable => 'YES',
        ascii_upload_enable => 'YES' },
    users => { alice => {}, half => { local_max_rate => $rate / 2,
        local_max_rate_up => $rate / 4 } }));
if ($has_tls) {
	my $dir = File::Temp->newdir(TMPDIR => 1);
	my $pair = Inftpd::TLS::pair($dir, 'server');
	$server{tls} = Inftpd::Test->new(conf => { Inftpd::TLS::conf($pair,
	    local_max_rate => $rate) });
	$server{kept} = $dir;
}
my $line = 'x' x 63 . "\n";
for my $kind (grep { $server{$_} && $_ ne 'kept' } qw(plain tls)) {
	$server{$kind}->file('large', $line x (($seconds + 6) * $rate / 64));
}

# name, server, user, verb, type, rate
my @cases = (
	['plain, conf.d, down', 'plain', 'alice', 'RETR', 'I', $rate],
	['plain, conf.d, up', 'plain', 'alice', 'STOR', 'I', $rate],
	['plain, user.d, down', 'plain', 'half', 'RETR', 'I', $rate / 2],
	['plain, user.d, up', 'plain', 'half', 'STOR', 'I', $rate / 4],
	['ASCII, down', 'plain', 'alice', 'RETR', 'A', $rate],
	['ASCII, up', 'plain', 'alice', 'STOR', 'A', $rate],
	['anonymous, down', 'plain', 'ftp', 'RETR', 'I', $rate / 2],
	['anonymous, up', 'plain', 'ftp', 'STOR', 'I', $rate / 2],
	$has_tls ? (['TLS, down', 'tls', 'alice', 'RETR', 'I', $rate],
	    ['TLS, up', 'tls', 'alice', 'STOR', 'I', $rate]) : (),
);

# Times and bytes of a transfer, as the client's end sees them pass.
sub watch {
	my ($end, $verb) = @_;
	my ($all, @seen) = (0);
	my $until = time + $seconds + 3;

	# What waits in our own kernel has not passed yet.
	setsockopt $end, Socket::SOL_SOCKET, Socket::SO_SNDBUF, 32768;

	while (time < $until) {
		my $buffer = '';
		my $n;

		if ($verb eq 'RETR') {
			$n = Inftpd::Test::Client::read_some($end, \$buffer, 1);
		} else {
			Inftpd::Test::Client::wait_socket($end, 1, 1) or next;
			$n = syswrite $end, $line x 256;
		}
		next if !$n;
		$all += $n;
		push @seen, [time, $all];
	}
	return @seen;
}

# Bytes from one time to another.
sub passed {
	my ($seen, $from, $to) = @_;
	my @in = grep { $_->[0] >= $from && $_->[0] < $to } @$seen;

	return @in ? $in[-1][1] - $in[0][1] : 0;
}

# In a process of its own: "bytes in ten seconds, most in half a second".
sub measure {
	my ($server, $user, $verb, $type, $name) = @_;
	my $c = $server eq 'tls' ? Inftpd::TLS->login($server{tls}, $user)
	    : $server{plain}->login($user);

	$c->cmd("TYPE $type");
	my $end;
	if ($server eq 'tls') {
		($end) = $c->open_data("$verb $name", 'pasv');
	} else {
		$end = $c->pasv;
		$c->cmd("$verb $name");
	}
	my @seen = watch($end, $verb);
	my $start = $seen[0][0] + 1;
	my $most = 0;
	for (my $t = $start; $t < $start + $seconds; $t += 0.1) {
		my $n = passed(\@seen, $t, $t + 0.5);
		$most = $n if $n > $most;
	}
	return passed(\@seen, $start, $start + $seconds) . " $most " .
	    passed(\@seen, 0, $start);
}

my @running;
for my $case (@cases) {
	my ($name, $server, $user, $verb, $type) = @$case;
	my $pid = open my $pipe, '-|';

	defined $pid or die "fork: $!";
	if ($pid == 0) {
		my $file = $verb eq 'RETR' ? 'large' : "up-$user-$type-$server";
		print measure($server, $user, $verb, $type, $file), "\n";
		close STDOUT;
		# The sessions are this process's, and its parent's to forget.
		require POSIX;
		kill 'KILL', map { $_->pid } @{ $server{$server}{sessions} };
		POSIX::_exit(0);
	}
	push @running, [$case, $pipe];
}
for (@running) {
	my ($case, $pipe) = @$_;
	my ($name, undef, undef, $verb, $type, $want) = @$case;
	my ($ten, $most, $first) = split ' ', <$pipe> // '0 0 0';

	close $pipe;
	cmp_ok($ten, '>=', 0.95 * $seconds * $want, "$name: not slower") or
	    diag "$ten in $seconds s";
	cmp_ok($ten, '<=', 1.05 * $seconds * $want, 'nor faster');
	cmp_ok($most, '<=', 0.5 * 1.4 * $want, 'in no half second a burst');
	cmp_ok($first, '<=', 1.8 * $want + 262144, 'nor in the first second');
	note sprintf '%s: %.3f of the rate in ten seconds, %.2f at most in half ' .
	    'a second, %.2f in the first', $name, $ten / $seconds / $want,
	    2 * $most / $want, $first / $want;
}
done_testing;
