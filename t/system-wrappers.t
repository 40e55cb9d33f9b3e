#!/usr/bin/perl
# Tier 3: tcp_wrappers, with an /etc/hosts.allow and hosts.deny of the test's
# own, by a super-server and by the listener.
# directive: tcp_wrappers

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use IO::Socket::INET ();
use Test::More;

if (!-e build_path('ftpd/wrap.so')) {
	configure(tcp_wrappers => 'YES');
	my @said = as_inftpd(program(), '--check-config');
	isnt($? >> 8, 0, 'without libwrap it is an error');
	super_server();
	ok(!eval { dial() }, 'and nobody is served');
	like($@, qr/^greeted with 421/);
	log_has(qr/tcp_wrappers: .*IPAddressAllow=.*only_from/,
	    'the log says what to use');
	done_testing;
	exit;
}

# What says "refused" or "allowed": the first reply from an address.
sub code {
	my ($from, $to) = @_;
	my $socket = IO::Socket::IP->new(PeerHost => $to // '127.0.0.1',
	    PeerPort => 21, LocalHost => $from, Type => Socket::SOCK_STREAM)
	    or die "connect: $@";
	my ($code) = Inftpd::System::Client->new(
	    undef, $socket, undef, '/dev/null')->reply;

	return $code;
}

sub hosts {
	my ($allow, $deny) = @_;

	write_file('/etc/hosts.allow', $allow);
	write_file('/etc/hosts.deny', $deny);
}

my $module = module_path('wrap.so');
my %home = three_kinds(tcp_wrappers => 'YES');
my $super = super_server();

unlink '/etc/hosts.allow', '/etc/hosts.deny';
is(code('127.0.0.1'), 220, 'without files everybody may come');
hosts('', "ALL: ALL\n");
is(code('127.0.0.1'), 421, 'ALL: ALL in hosts.deny');
log_has(qr/inftpd\[\d+\]: 127\.0\.0\.1: wrappers: refused by hosts\.allow/,
    'and the log says so');
hosts("vsftpd: 127.0.0.2, 192.0.2. [fd00::]/16\n", "ALL: ALL\n");
is(code(@$_), 220, "allowed: $_->[0]") for ['127.0.0.2'],
    ['192.0.2.1', '192.0.2.1'], ['fd00::1', 'fd00::1'];
is(code(@$_), 421, "others: $_->[0]") for ['127.0.0.1'], ['::1', '::1'];
hosts("ftpd: ALL\ninftpd: ALL\n", "ALL: ALL\n");
is(code('127.0.0.1'), 421, 'entries for other services do not count');
hosts('', "vsftpd: 127.0.0.3\n");
is(code('127.0.0.3'), 421, 'one address denied');
is(code('127.0.0.1'), 220, 'others allowed');
hosts("vsftpd: 127.0.0.3: deny\nvsftpd: 127.0.0.4: allow\n", "ALL: ALL\n");
is(code('127.0.0.3'), 421, 'options');
is(code('127.0.0.4'), 220);

# Nothing is resolved, whatever the files have.
my $dns = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1',
    LocalPort => 53, Blocking => 0) or die "port 53: $@";
write_file('/etc/resolv.conf', "nameserver 127.0.0.1\n");
write_file('/etc/nsswitch.conf', "hosts: dns\n");
hosts("vsftpd: .example.org, www.example.com, KNOWN, LOCAL\nvsftpd: PARANOID: deny\n",
    "vsftpd: www.example.net\nALL: ALL\n");
is(code('127.0.0.1'), 421, 'names fit nobody');
is($dns->recv(my $asked, 512), undef, 'and no name server was asked');

hosts("vsftpd: ALL: setenv VSFTPD_LOAD_CONF /etc/other.conf\n", '');
is(code('127.0.0.1'), 421, 'VSFTPD_LOAD_CONF');
log_has(qr/wrappers: an entry sets VSFTPD_LOAD_CONF.*net\.d/,
    'and the log says what to use instead');

hosts("vsftpd: ALL\n", '');
chmod 0600, '/etc/hosts.allow';
is(code('127.0.0.1'), 421, 'a file that cannot be read lets nobody in');
log_has(qr{wrappers: /etc/hosts\.allow: Permission denied}, 'the log says which');
chmod 0644, '/etc/hosts.allow';

# The session has nothing of it.
my $c = dial();
$c->login('alice');
my ($process) = sessions();
unlike(read_file("/proc/$process/maps"), qr/libwrap|wrap\.so|libnsl/,
    'the session maps no libwrap');
is(($c->stor('file', 'x'))[0], 226, 'and works');
$c->quit;

rename $module, "$module.away" or die "wrap.so: $!";
is(code('127.0.0.1'), 421, 'without the module nobody comes in');
log_has(qr/wrappers: the module .*wrap\.so cannot be loaded/, 'and why');
rename "$module.away", $module;
stop($super);

# The listener's children, whose parent does not wait for its own.
hosts("vsftpd: 127.0.0.2\n", "ALL: ALL\n");
my $listener = Inftpd::System::start([program(), '--listen']);
ok(Inftpd::Test::wait_until(sub { eval { code('127.0.0.2') } }, 10),
    'the listener is there');
is(code('127.0.0.2'), 220, 'it asks, too: allowed');
is(code('127.0.0.1'), 421, 'refused');
stop($listener);

three_kinds(tcp_wrappers => 'YES', proxy_protocol => 'YES',
    proxy_trusted => '127.0.0.1');
$super = super_server();
is(code('127.0.0.2'), 421, 'with proxy_protocol it is an error');
log_has(qr/tcp_wrappers: would look at the proxy's address/, 'and why');
stop($super);
done_testing;
