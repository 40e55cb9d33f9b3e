#!/usr/bin/perl
# Tier 3, make check-proxy: behind HAProxy as Debian has it, with headers of
# both versions on the control and the passive data connections, plain, by
# AUTH TLS and by implicit TLS; health checks; the true client in the log and
# in the limits.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Inftpd::TLS;
use Test::More;

plan skip_all => 'no haproxy here' if system('command -v haproxy >/dev/null');

my ($front, $client) = ('192.0.2.1', '192.0.2.50');
system("ip address add $client/32 dev lo") == 0 or die "ip: $?";
my $dir = '/tmp/tls';
mkdir $dir;
my $pair = Inftpd::TLS::pair($dir, 'server', name => "IP:$front");
my %conf = (proxy_protocol => 'YES', proxy_trusted => '127.0.0.1',
    pasv_min_port => 30000, pasv_max_port => 30009,
    Inftpd::TLS::conf($pair), force_local_logins_ssl => 'NO',
    force_local_data_ssl => 'NO', chroot_local_user => 'YES');

sub haproxy {
	my ($send) = @_;

	write_file('/tmp/haproxy.cfg', <<"END");
defaults
	mode tcp
	timeout connect 5s
	timeout client 60s
	timeout server 60s
frontend ftp
	bind $front:2121
	default_backend ftp
backend ftp
	server one 127.0.0.1:21 source 127.0.0.1 $send check inter 200ms check-send-proxy
frontend data
	bind $front:30000-30009
	default_backend data
backend data
	server one 127.0.0.1 source 127.0.0.1 $send
END
	my $pid = Inftpd::System::start(
	    ['haproxy', '-q', '-db', '-f', '/tmp/haproxy.cfg']);
	ok(Inftpd::Test::wait_until(sub {
		my $s = IO::Socket::IP->new(PeerHost => $front, PeerPort => 2121,
		    LocalHost => $client) or return 0;
		my $c = Inftpd::System::Client->new(undef, $s, undef, '/dev/null');
		return ($c->reply)[0] eq 220;
	}, 20), "haproxy with $send has a server that is well");
	return $pid;
}

sub connection {
	my $socket = IO::Socket::IP->new(PeerHost => $front, PeerPort => 2121,
	    LocalHost => $client, Type => Socket::SOCK_STREAM) or die "connect: $@";

	return Inftpd::System::Client->new(undef, $socket, undef, '/dev/null');
}

# A file up and down again by a client, and the directory.
sub by_client {
	my ($name, $up, $down, $list) = @_;

	system('head -c 300000 /dev/urandom >/tmp/file');
	unlink '/home/alice/file', '/tmp/copy';
	for my $command ($up, $down) {
		is(system("timeout 20 $command >/tmp/said 2>&1"), 0, "$name: $command")
		    or diag(read_file('/tmp/said'));
	}
	is(-e '/home/alice/file' ? read_file('/home/alice/file') : 'none',
	    read_file('/tmp/file'), "$name: what arrived");
	is(-e '/tmp/copy' ? read_file('/tmp/copy') : 'none',
	    read_file('/tmp/file'), "$name: what came back");
	is(system("$list >/tmp/said 2>&1"), 0, "$name: a listing");
	like(read_file('/tmp/said'), qr/\bfile\b/, 'has the file');
}

my %home = three_kinds(%conf);
my $super = super_server();

for my $send ('send-proxy', 'send-proxy-v2') {
	subtest $send => sub {
		three_kinds(%conf);
		my $haproxy = haproxy($send);
		my $curl = "curl -sS -u alice:secret --interface $client";
		my $url = "ftp://$front:2121";

		by_client("$send, curl", "$curl -T /tmp/file $url/file",
		    "$curl $url/file -o /tmp/copy", "$curl $url/");
		log_has(qr/: $client: upload: upload "\/file"/,
		    'the log has the client');
		by_client("$send, curl, PASV",
		    "$curl --disable-epsv -T /tmp/file $url/file",
		    "$curl --disable-epsv $url/file -o /tmp/copy", "$curl $url/");
		my $tls = "$curl --ssl-reqd --cacert $pair->{cert}";
		by_client("$send, AUTH TLS", "$tls -T /tmp/file $url/file",
		    "$tls $url/file -o /tmp/copy", "$tls $url/");
		my $lftp = sub { "lftp -e 'set net:max-retries 1; " .
		    'set cmd:fail-exit yes; set ftp:ssl-allow no; ' .
		    "set net:socket-bind-ipv4 $client; $_[0]; quit' " .
		    "-u alice,secret $url" };
		by_client("$send, lftp", $lftp->('put /tmp/file -o file'),
		    $lftp->('get file -o /tmp/copy'), $lftp->('ls'));
		three_kinds(%conf, implicit_ssl => 'YES');
		my $ftps = "ftps://$front:2121";
		by_client("$send, implicit TLS",
		    "$curl --cacert $pair->{cert} -T /tmp/file $ftps/file",
		    "$curl --cacert $pair->{cert} $ftps/file -o /tmp/copy",
		    "$curl --cacert $pair->{cert} $ftps/");

		three_kinds(%conf, max_per_ip => 1);
		# Health checks are the proxy's own, and do not count for this one.
		ok(Inftpd::Test::wait_until(sub { !sessions() }, 5), 'all have left');
		my $first = connection();
		is(($first->reply)[0], 220, 'max_per_ip: one');
		my $second = connection();
		is(($second->reply)[0], 421, 'and no second');
		$first->quit;
		stop($haproxy);
	};
}

three_kinds(%conf);
my $c = IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => 21,
    LocalHost => '127.0.0.2', Type => Socket::SOCK_STREAM);
is((Inftpd::System::Client->new(undef, $c, undef, '/dev/null')->reply)[0], 421,
    'who goes round the proxy is sent away');
stop($super);
done_testing;
