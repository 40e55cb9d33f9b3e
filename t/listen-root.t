#!/usr/bin/perl
# Tier 3: the listener as root starts it: port 21, rights given up, the
# set-uid helper for each session, real clients, and what many leave behind.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use IO::Socket::IP ();
use Test::More;
use Time::HiRes ();

sub listener {
	my ($prepare) = @_;

	return Inftpd::System::start([program(), '--listen'], sub {
		open STDERR, '>>', '/tmp/listener';
		$prepare->() if $prepare;
	});
}

# The first reply: "220 text"; waits for the listener.
sub greeting {
	my ($address, $from) = @_;
	my $socket;

	Inftpd::Test::wait_until(sub { $socket = IO::Socket::IP->new(
	    PeerHost => $address // '127.0.0.1', PeerPort => 21,
	    ($from ? (LocalHost => $from) : ()),
	    Type => Socket::SOCK_STREAM) }, 5) or return "no connection";
	my $line = <$socket> // '';
	$line =~ s/\r\n//;
	return ($line, $socket);
}

sub can_connect {
	return defined IO::Socket::IP->new(PeerHost => $_[0], PeerPort => 21,
	    Type => Socket::SOCK_STREAM);
}

sub stopped {
	my ($pid) = @_;

	kill 'TERM', $pid;
	waitpid $pid, 0;
	return $?;
}

my %home = three_kinds(listen_address => '127.0.0.1 127.0.0.2',
    listen_address6 => '::1');
my $listener = listener();
like((greeting())[0], qr/^220 /, 'port 21 answers');
my %is = status_of($listener);
is($is{Uid}, join(' ', (900) x 4), 'the listener is root no more');
is($is{Groups}, '900', 'nor of its groups');
is($is{CapEff}, '0' x 16, 'nor has capabilities');

subtest 'addresses' => sub {
	like((greeting('127.0.0.2'))[0], qr/^220 /, 'the second');
	like((greeting('::1'))[0], qr/^220 /, 'the one of IPv6');
	ok(!can_connect('127.0.0.3'), 'no other');
};

subtest 'many' => sub {
	my $open = sub { scalar(() = glob "/proc/$listener/fd/*") };
	my $before = $open->();
	my $start = Time::HiRes::time();
	my $done = 0;

	while ((my $now = Time::HiRes::time() - $start) < 3) {
		if ($done >= $now * 300) {
			Time::HiRes::sleep(0.001);
			next;
		}
		can_connect('127.0.0.1') or last;
		$done++;
	}
	note sprintf '%.0f connections a second', $done / 3;
	cmp_ok($done, '>', 0, 'connections');
	dial()->quit;
	ok(Inftpd::Test::wait_until(sub { sessions() == 1 }, 10),
	    'the listener only is left') or diag join ' ', sessions();
	ok(Inftpd::Test::wait_until(sub { !grep {
	    (eval { read_file("/proc/$_/stat") } // '') =~ /inftpd\S*\) Z/
	    } map { m{(\d+)} } glob '/proc/[0-9]*' }, 5), 'no zombie');
	ok(Inftpd::Test::wait_until(sub { $open->() == $before }, 5),
	    'no descriptor') or diag $open->(), " descriptors, not $before";
};

subtest 'places' => sub {
	three_kinds(max_per_ip => 1, listen_address => '127.0.0.1 127.0.0.2',
	    listen_address6 => '::1');
	kill 'HUP', $listener;
	my $c;
	Inftpd::Test::wait_until(sub {
		$c = eval { dial() } or return 0; # its forerunner is there still
		return 1 if (greeting())[0] =~ /^421 .*from your address/;
		$c->hang_up;
		return 0;
	}, 5) or fail('max_per_ip is not obeyed');
	like((greeting())[0], qr/^421 .*from your address/,
	    'the second is turned away, after SIGHUP');
	like((greeting('127.0.0.1', '127.0.0.9'))[0], qr/^220 /,
	    'not one from elsewhere');
	$c->login('alice');
	$c->quit;
	ok(Inftpd::Test::wait_until(sub { (greeting())[0] =~ /^220 / }, 5),
	    'the place is free');
	ok(Inftpd::Test::wait_until(sub { sessions() == 1 }, 5), 'all end');
	system('chown root /run/inftpd/sessions && rm -f /run/inftpd/sessions/*');
	like((greeting())[0], qr/^421 Service not available/,
	    'no table, no service');
	log_has(qr{need /run/inftpd/sessions/default, writable},
	    'and the log says what to do');
	system('chown inftpd /run/inftpd/sessions');
	like((greeting())[0], qr/^220 /, 'mended');
	ok(Inftpd::Test::wait_until(sub { sessions() == 1 }, 5),
	    'the one place is free again');
};

subtest 'end' => sub {
	my $c = dial();

	$c->login('alice');
	is(stopped($listener), 0, 'SIGTERM ends the listener');
	ok(!can_connect('127.0.0.1'), 'nobody new gets in');
	is(($c->stor('late', 'x'))[0], 226, 'who is in goes on');
	$c->quit;
};

subtest 'a listening descriptor 0' => sub {
	three_kinds();
	my $listener = Inftpd::System::start([program()], sub {
		my $socket = IO::Socket::IP->new(LocalHost => '::',
		    LocalPort => 21, V6Only => 0, Listen => 5, ReuseAddr => 1);

		POSIX::dup2(fileno $socket, 0);
	});
	my $c = dial();
	my %is = status_of($listener);
	is($is{Uid}, join(' ', (900) x 4), 'root no more, too');
	$c->login('alice');
	$c->quit;
	check_clients(%home);
	is(stopped($listener), 0, 'it ends');
};

subtest 'without the user inftpd' => sub {
	my $passwd = read_file('/etc/passwd');

	write_file('/etc/passwd', $passwd =~ s/^inftpd:.*\n//mr);
	my $listener = listener();
	waitpid $listener, 0;
	isnt($?, 0, 'it does not start');
	like(read_file('/tmp/listener'), qr/user inftpd is missing/,
	    'and says why');
	write_file('/etc/passwd', $passwd);
};

done_testing;
