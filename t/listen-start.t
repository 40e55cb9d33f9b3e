#!/usr/bin/perl
# Tier 2, transcript: the ways to start the listener: by option, by listen=YES,
# with a listening descriptor 0, with sockets of the service manager; addresses
# of both families; and what it says when it cannot start.
# directive: listen, listen_ipv6, listen_address, listen_address6, listen_port

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Test;
use Inftpd::Test::Listener;
use POSIX ();
use Test::More;

my $server = Inftpd::Test->new;
my $ipv6 = Inftpd::Test::has_ipv6();

sub listener { return Inftpd::Test::Listener->start($server, @_) }

sub served_at {
	my ($l, @addresses) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	for my $address (@addresses) {
		my $c = eval { $l->connect(address => $address) };

		ok($c, "served at $address") or diag $@;
		next if !$c;
		$c->login('alice');
		is(($c->stor('x', 'y', $address =~ /:/ ? 'epsv' : 'pasv'))[0],
		    226, 'and files go');
		$c->quit;
	}
}

# It ends at once, with that status and those words.
sub refuses {
	my ($name, $l, $status, $words) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	is(($l->status // -1) >> 8, $status, "$name: status $status");
	like($l->log, $words, "$name: says so");
}

subtest 'addresses of a list' => sub {
	my $l = listener(conf => { listen_address => '127.0.0.1,127.0.0.2',
	    $ipv6 ? (listen_address6 => '::1') : () });

	served_at($l, '127.0.0.1', '127.0.0.2', $ipv6 ? '::1' : ());
	ok(!$l->dial(address => '127.0.0.3'), 'and at no other');
	is($l->stop, 0, 'SIGTERM ends it with status 0');
	ok(!$l->dial, 'nobody listens any more');
};

subtest 'any address, both families' => sub {
	my $l = listener();

	served_at($l, '127.0.0.1', '127.0.0.3', $ipv6 ? '::1' : ());
	is($l->stop('INT'), 0, 'SIGINT ends it, too');
};

subtest 'listen=YES, started by hand' => sub {
	my $l = listener(options => [], conf => { listen => 'YES' });

	served_at($l, '127.0.0.1');
	ok(!$l->dial(address => '::1'), 'that is IPv4');
	$l->stop;
	$l = listener(options => [], conf => { listen_ipv6 => 'YES' });
	served_at($l, '127.0.0.1', $ipv6 ? '::1' : ());
	$l->stop;
	refuses('without either', listener(options => []), 2,
	    qr/super-server.*--serve/s);
};

subtest 'without descriptors 0 to 2' => sub {
	my $l = listener(prepare => sub { POSIX::close($_) for 0 .. 2 });

	served_at($l, '127.0.0.1');
	$l->configure(max_clients => 'many');
	ok(Inftpd::Test::wait_until(sub { ($l->greeting)[1] eq '421' }, 5),
	    'what it has to say goes to nobody');
	$l->configure();
	ok(Inftpd::Test::wait_until(sub { ($l->greeting)[1] eq '220' }, 5),
	    'and it goes on');
	is($l->stop, 0, 'to the end');
};

subtest 'a listening descriptor 0' => sub {
	my $l = listener(options => [], prepare => sub {
		my $socket = IO::Socket::IP->new(LocalHost => '127.0.0.1',
		    LocalPort => $_[0]{port}, Listen => 5, ReuseAddr => 1);

		POSIX::dup2(fileno $socket, 0);
	});

	served_at($l, '127.0.0.1');
	is(scalar(() = $l->log =~ /error|cannot/g), 0, 'no complaint');
	is($l->stop, 0, 'SIGTERM ends it');
};

SKIP: {
	skip 'no systemd-socket-activate here', 1
	    if system('command -v systemd-socket-activate >/dev/null 2>&1');
	skip 'built without systemd', 1 if !Inftpd::Test::built('systemd');
	subtest 'sockets of the service manager' => sub {
		my $second = Inftpd::Test::Listener::free_port();
		my $port = Inftpd::Test::Listener::free_port();
		my $l = listener(port => $port, options => [],
		    conf => { listen_port => 1 }, wrap => [
		    qw(systemd-socket-activate), "--listen=127.0.0.1:$port",
		    "--listen=127.0.0.2:$second"]);

		served_at($l, '127.0.0.1');
		my $c = $l->connect(address => '127.0.0.2', port => $second);
		$c->quit;
		is($l->stop, 0, 'SIGTERM ends it');
	};
}

subtest 'what cannot be' => sub {
	my $l = listener();
	my $c = $l->connect;

	refuses('a port that is taken', listener(port => $l->{port}), 1,
	    qr/cannot listen on .*port $l->{port}: Address already in use/);
	$c->quit;
	$l->stop;
	refuses('no numeric address',
	    listener(conf => { listen_address => 'localhost' }), 1,
	    qr/"localhost" is not a numeric/);
	refuses('a broken configuration',
	    listener(conf => { max_clients => 'many' }), 2,
	    qr/50-listener\.conf:\d+:.*max_clients/);
	refuses('a socket that does not listen', listener(wrap => [qw(sh -c),
	    'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3</dev/null', 'sh']), 1,
	    qr/LISTEN_FDS/);
};

done_testing;
