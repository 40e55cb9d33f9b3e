#!/usr/bin/perl
# Tier 3, make check-nodes: super-servers other than systemd and xinetd, from
# Debian packages that are unpacked and not installed.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";

my $dir;

# Outside of the machine, where there is a network.
BEGIN {
	$dir = ($ENV{abs_top_builddir} || "$FindBin::Bin/..") . '/nodes.d';
	system("$FindBin::Bin/nodes/unpack", $dir,
	    qw(openbsd-inetd inetutils-inetd ipsvd ucspi-tcp socat))
	    if $> == 0 && !$ENV{INFTPD_SYSTEM};
}

use Inftpd::System;
use Test::More;

my $log = '/tmp/super-server';

sub find {
	my ($name) = @_;
	my ($path) = grep { -x } map { "$_/$name" } map { ("$dir$_", $_) }
	    qw(/usr/sbin /usr/bin);

	return $path;
}

# One session of alice's with files there and back.
sub serves {
	my ($address) = @_;
	my $c = eval { dial($address) };
	my @bytes = (join('', map { chr } 0 .. 255) x 500);

	ok($c, "$address: a client is greeted") or diag $@, read_file($log);
	return if !$c;
	my ($ftpd) = sessions();
	my %is = status_of($ftpd);
	is($is{Uid}, join(' ', (900) x 4), 'the session is inftpd');
	$c->login('alice');
	for my $how ($address =~ /:/ ? qw(epsv eprt) : qw(pasv port)) {
		is(($c->stor('f', $bytes[0], $how))[0], 226, "$how: up");
		is(($c->retr('f', $how))[0], $bytes[0], "$how: down");
	}
	$c->quit;
	ok(Inftpd::Test::wait_until(sub { !sessions() }, 5),
	    'no session is left');
}

# conf: a file that it wants, as path and text.
sub check {
	my ($name, $command, $conf, @addresses) = @_;

	subtest $name => sub {
		plan skip_all => "no $name here" if !$command->[0];
		write_file(@$conf) if $conf;
		my $server = Inftpd::System::start($command, sub {
			open STDOUT, '>', $log;
			open STDERR, '>&', \*STDOUT;
		});
		serves($_) for @addresses;
		Inftpd::System::stop($server);
		ok(Inftpd::Test::wait_until(sub {
			!IO::Socket::IP->new(PeerHost => $addresses[0],
			    PeerPort => 21, Type => Socket::SOCK_STREAM)
		}, 5), 'it has ended');
	};
}

my $ftpd = program();
my @both = ('127.0.0.1', '::1');
my $setpriv = "setpriv --reuid=inftpd --regid=inftpd --clear-groups $ftpd";

three_kinds();
write_file('/etc/services', "ftp 21/tcp\n");
write_file('/etc/protocols', "tcp 6 TCP\n");

check('openbsd-inetd', [find('inetd'), '-i', '/tmp/inetd.conf'],
    ['/tmp/inetd.conf', "ftp stream tcp nowait inftpd $ftpd inftpd\n" .
    "ftp stream tcp6 nowait inftpd $ftpd inftpd\n"], @both);
check('inetutils-inetd', [find('inetutils-inetd'), '-d', '/tmp/inetd.conf'],
    ['/tmp/inetd.conf', "ftp stream tcp6 nowait inftpd $ftpd inftpd\n"],
    @both);
check('ipsvd\'s tcpsvd', [find('tcpsvd'), qw(-l localhost -u inftpd:inftpd
    0.0.0.0 21), $ftpd], undef, '127.0.0.1');
check('ucspi-tcp\'s tcpserver', [find('tcpserver'),
    qw(-H -R -l localhost -u 900 -g 900 0 21), $ftpd], undef, '127.0.0.1');
check('socat', [find('socat'), 'TCP6-LISTEN:21,fork,reuseaddr,ipv6only=0',
    "EXEC:'$setpriv',nofork"], undef, @both);

# Ours are lower than xinetd's, as the shipped entry says: so they are heard.
subtest 'limits of xinetd' => sub {
	plan skip_all => 'no xinetd here' if !find('xinetd');
	my $entry = read_file(xinetd_entry()) =~ s/(disable\s*=\s*)yes/$1no/r
	    =~ s/(per_source\s*=).*/$1 4/r =~ s/(instances\s*=).*/$1 6/r;
	my $first = sub {
		my ($from) = @_;
		my $socket = IO::Socket::IP->new(PeerHost => '127.0.0.1',
		    PeerPort => 21, LocalHost => $from,
		    Type => Socket::SOCK_STREAM) or return 'none';

		return ((scalar(<$socket>) // 'closed') =~ s/\r\n//r, $socket);
	};

	write_file('/tmp/xinetd.conf', $entry);
	three_kinds(max_per_ip => 3, max_clients => 5);
	my $xinetd = Inftpd::System::start([qw(xinetd -dontfork -f
	    /tmp/xinetd.conf -filelog /tmp/xinetd.log -pidfile /tmp/pid)]);
	my @in = map { dial() } 1 .. 3;
	like(($first->('127.0.0.1'))[0], qr/^421 .*from your address/,
	    'max_per_ip is heard');
	my @more = map { ($first->('127.0.0.2'))[1] } 1 .. 2;
	like(($first->('127.0.0.3'))[0], qr/^421 .*too many connected/,
	    'max_clients, too');
	close $_ for @more;
	Inftpd::Test::wait_until(sub { sessions() == 3 }, 5);
	three_kinds();
	push @in, dial();
	is(($first->('127.0.0.1'))[0], 'closed',
	    'beyond per_source xinetd says nothing');
	$_->quit for @in;
	Inftpd::System::stop($xinetd);
	three_kinds();
};

# What socat does without nofork: a pair of sockets, and no client's address.
subtest 'a relay' => sub {
	my $socat = find('socat');

	plan skip_all => 'no socat here' if !$socat;
	my $server = Inftpd::System::start([$socat,
	    'TCP6-LISTEN:21,fork,reuseaddr,ipv6only=0', "EXEC:'$setpriv'"], sub {
		open STDERR, '>', $log;
	});
	log_lines();
	my $socket;
	Inftpd::Test::wait_until(sub { $socket = IO::Socket::IP->new(
	    PeerHost => '127.0.0.1', PeerPort => 21,
	    Type => Socket::SOCK_STREAM) }, 5);
	is(scalar(<$socket>), undef, 'nobody is served through one');
	log_has(qr/descriptor 0 is not a client's connection/,
	    'and the log says so');
	Inftpd::System::stop($server);
};

done_testing;
