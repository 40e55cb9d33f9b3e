package Inftpd::Node::Sockets;

# Inftpd::Node::Sockets - what t/node-systemd.t and t/node-hardened.t ask of a
# socket unit that starts one service for each connection.
#
#     Inftpd::Node::Sockets::check('ftp', 5);

use strict;
use warnings;

use Test::More;
use Time::HiRes ();

use Inftpd::Node;

my ($name, %home); # "ftp" or "ftp-hardened"; of three_kinds()
my $patience;      # seconds that a good client waits after a flood

sub socket_is { return systemctl('is-active', "$name.socket") =~ s/\n//r }

# No session is left, nor the helper of one.
sub no_instances {
	my ($text, $seconds) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;

	ok(wait_until(sub {
		!instances("$name\@") && !instances('inftpd-helper@')
	}, $seconds // 10), $text) or diag systemctl('list-units', '*ftp*');
}

sub main_pid {
	my ($unit) = @_;

	return systemctl(qw(show -P MainPID), $unit) =~ s/\n//r;
}

sub check_clients_and_kinds {
	check_clients(%home);
	no_instances('no session is left');
}

# The key is root's, the module comes from a directory that the unit leaves
# readable, and the sandbox closes behind both.
sub check_tls {
	my $said = output(qw(openssl req -x509 -newkey rsa:2048 -nodes -days 2
	    -subj /CN=localhost -keyout /etc/ssl/private/ftp.key
	    -out /etc/ssl/certs/ftp.pem));

	is($?, 0, 'a certificate') or diag $said;
	chmod 0600, '/etc/ssl/private/ftp.key';
	three_kinds(ssl_enable => 'YES', force_local_logins_ssl => 'YES',
	    force_local_data_ssl => 'YES',
	    rsa_cert_file => '/etc/ssl/certs/ftp.pem',
	    rsa_private_key_file => '/etc/ssl/private/ftp.key');
	write_file('/tmp/secret', "kept\n" x 50000);
	my $curl = 'curl -sS --ssl-reqd --cacert /etc/ssl/certs/ftp.pem ' .
	    '--connect-to ::127.0.0.1: -u alice:secret';
	for my $command ("$curl -T /tmp/secret ftp://localhost/s",
	    "$curl -o /tmp/secret.copy ftp://localhost/s") {
		$said = output('sh', '-c', "timeout 20 $command");
		is($?, 0, $command) or diag $said;
	}
	is(-s '/tmp/secret.copy', 250000, 'there and back');
	unlink '/tmp/secret', '/tmp/secret.copy', '/home/alice/s';
	three_kinds();
	no_instances('none is left');
}

# --- what the administrator sees ----------------------------------------------

sub check_status {
	output('sh', '-c', 'head -c 20000000 /dev/zero >/home/alice/large');
	my $c = dial();
	like(systemctl('status', "$name@*"), qr/Status: ".*127\.0\.0\.1/,
	    'status tells the peer');
	$c->login('alice');
	like(systemctl('status', "$name@*"), qr/Status: ".*alice/,
	    'and who is logged in');
	my $port = $c->pasv_port;
	my $data = $c->dial($port);
	$c->expect('RETR large', 150);
	like(systemctl('status', "$name@*"), qr/Status: ".*alice.*large/,
	    'and the transfer that goes on')
	    or diag systemctl('status', "$name@*");
	close $data;
	$c->reply;
	$c->quit;
	unlink '/home/alice/large';
}

sub check_journal {
	my $c = dial();
	$c->expect('USER alice', 331);
	$c->expect('PASS wrong', 530);
	journal_has('the journal has the failure in fields, with the reason',
	    ['INFTPD_EVENT=login-failed'], qr/^INFTPD_PEER=127\.0\.0\.1$/m,
	    qr/^MESSAGE=.*alice.*password/m);
	$c->login('alice');
	is(($c->stor('journalled', 'x'))[0], 226, 'an upload');
	journal_has('what a user does has his name', ['INFTPD_USER=alice'],
	    qr/^INFTPD_PEER=127\.0\.0\.1$/m, qr/^INFTPD_EVENT=\S/m,
	    qr/^_SYSTEMD_UNIT=\S*ftp/m);
	$c->quit;
	unlink '/home/alice/journalled';
}

# --- many ---------------------------------------------------------------------

sub check_many {
	my @clients = map { dial() } 1 .. 50;

	$_->login('alice') for @clients;
	is(scalar(instances("$name@")), 50, '50 sessions, a unit each');
	$_->quit for @clients;
	no_instances('none is left');
}

sub check_stop {
	my $c = dial();

	$c->login('alice');
	systemctl('stop', "$name.socket");
	is(socket_is(), 'inactive', 'the socket is stopped');
	ok(!IO::Socket::IP->new(PeerHost => '127.0.0.1', PeerPort => 21,
	    Type => Socket::SOCK_STREAM), 'nobody new gets in');
	is(($c->stor('late', 'x'))[0], 226, 'who is in goes on');
	$c->quit;
	unlink '/home/alice/late';
	systemctl('start', "$name.socket");
	dial()->quit;
	no_instances('none is left');
}

# --- limits -------------------------------------------------------------------

sub check_own_limits {
	three_kinds(max_per_ip => 3, max_clients => 5);
	my @in = map { dial() } 1 .. 3;
	my ($c, $code, $text) = greeting();

	is($code, 421, 'the fourth from one address is told')
	    and like($text, qr/from your address/, 'in words');
	push @in, map { dial(from => '127.0.0.2') } 1 .. 2;
	($c, $code, $text) = greeting(from => '127.0.0.3');
	is($code, 421, 'the sixth of all is told')
	    and like($text, qr/too many connected users/, 'in words');
	$_->quit for @in;
	dial()->quit;
	three_kinds();
	no_instances('none is left');
}

# Beyond its own limit the manager says nothing: ours must be the lower one.
sub check_managers_limit {
	write_file("/etc/systemd/system/$name.socket.d/limit.conf",
	    "[Socket]\nMaxConnectionsPerSource=4\n");
	systemctl('daemon-reload');
	systemctl('restart', "$name.socket");
	three_kinds(max_per_ip => 3);
	my @in = map { dial() } 1 .. 3;
	is((greeting())[1], 421, 'below the manager\'s limit ours is heard');
	wait_until(sub { instances("$name\@") == 3 }, 5);
	three_kinds();
	push @in, dial();
	is((greeting())[1], '', 'above it the connection ends without a word');
	is(socket_is(), 'active', 'the socket lives on');
	$_->quit for @in;
	unlink "/etc/systemd/system/$name.socket.d/limit.conf";
	systemctl('daemon-reload');
	systemctl('restart', "$name.socket");
	no_instances('none is left');
}

sub check_flood {
	my ($rate, $refused) = flood(300, 10);

	note sprintf '%s: %.0f connections a second for 10 s, %d refused',
	    $name, $rate, $refused;
	note systemctl(qw(show -p NAccepted -p NRefused), "$name.socket");
	is(socket_is(), 'active', 'the socket still listens');
	like(systemctl('status', "$name.socket"), qr/\(listening\)/,
	    'and says so');
	my $begin = Time::HiRes::time();
	my $c = eval { dial(from => '127.0.0.2') };
	my $took = Time::HiRes::time() - $begin;
	ok($c, 'a good client is served') or diag $@;
	cmp_ok($took, '<', $patience,
	    sprintf 'within %d s (%.1f)', $patience, $took);
	$c->login('alice') if $c;
	$c->quit if $c;
	$begin = Time::HiRes::time();
	no_instances('all that is over ends', 90);
	note sprintf 'after %.1f s', Time::HiRes::time() - $begin;
}

# --- sessions that end badly --------------------------------------------------

sub crash {
	my ($signal) = @_;
	my $c = dial();
	my @units;

	$c->cmd('USER alice') if $signal eq 'SEGV';
	wait_until(sub { @units = instances("$name@") }, 5);
	kill $signal, main_pid($units[0]);
	my ($code) = $c->reply;
	$c->hang_up;
	wait_until(sub { !instances("$name\@") }, 10);
	return $code eq '';
}

sub check_crashes {
	my $ended = 0;

	three_kinds(max_per_ip => 2, max_clients => 2);
	for my $i (1 .. 100) {
		$ended += crash($i % 2 ? 'SEGV' : 'KILL');
	}
	is($ended, 100, '100 sessions were killed');
	is(systemctl(qw(list-units --failed --no-legend)), '',
	    'no failed unit is left');
	no_instances('and none at all');
	my @in = map { dial() } 1 .. 2;
	is((greeting())[1], 421, 'two fit, and a third does not');
	$_->quit for @in;
	three_kinds();
	no_instances('no session is left');
}

# --- the sandbox --------------------------------------------------------------

# The unit as it stands, with another program.
sub check_sandbox {
	my $unit = read_file(unit_path("$name\@.service"));

	$unit =~ s/^ExecStart=-?(\S+).*$/ExecStart=$1 --selftest-sandbox/m;
	$unit =~ s/^Standard\w+=.*\n//mg;
	$unit =~ s/^\[Service\]\n/[Service]\nType=oneshot\n/m;
	write_file('/run/systemd/system/selftest.service', $unit);
	systemctl('daemon-reload');
	systemctl('start', 'selftest.service');
	my @said = output(qw(journalctl --no-pager -o cat -u selftest.service))
	    =~ /^((?:seccomp|landlock): .*|failed: .*)$/mg;
	is("@said", $ENV{NODE_SANDBOX} =~ s/ +$//r,
	    'in the unit the sandbox is what it is outside of the machine');
}

# The gate is for the side that faces the network.
sub note_exposure {
	for my $unit ("$name\@.service", $name eq 'ftp' ? () :
	    'inftpd-helper@.service') {
		my $text = output(qw(systemd-analyze security --no-pager
		    --offline=true), unit_path($unit));

		note $text;
		my ($level) = $text =~ /Overall exposure level .*: ([0-9.]+)/;
		cmp_ok($level, '<=', $unit eq 'ftp-hardened@.service' ? 1.5 : 9,
		    "$unit: $level");
	}
}

# An authenticator that the service manager starts for each question.
sub check_authenticator {
	write_file('/usr/local/bin/ask', <<'END');
#!/bin/sh
while IFS= read -r line && test -n "$line"; do
	case $line in
	password=*) password=${line#password=} ;;
	esac
done
if test "$password" = secret
then printf 'ok\nlocal_root=/srv/vera\nwrite_enable=YES\n'
	printf 'virtual_use_local_privs=YES\n\n'
else printf 'no %s\n\n' "I am $(id -u)"
fi
END
	chmod 0755, '/usr/local/bin/ask';
	write_file('/etc/systemd/system/ask.socket',
	    "[Socket]\nListenStream=/run/ask\nSocketMode=0600\nAccept=yes\n");
	write_file('/etc/systemd/system/ask@.service',
	    "[Unit]\nCollectMode=inactive-or-failed\n[Service]\n" .
	    "ExecStart=/usr/local/bin/ask\nStandardInput=socket\n" .
	    "DynamicUser=yes\n");
	systemctl('daemon-reload');
	systemctl('start', 'ask.socket');
	three_kinds(auth_socket => '/run/ask');
	my $c = dial();
	$c->login('zelda');
	is(($c->stor('asked', 'x'))[0], 226, 'it lets somebody in');
	$c->quit;
	is((stat '/srv/vera/asked')[4], scalar getpwnam 'ftp',
	    'as guest_username');
	unlink '/srv/vera/asked';
	$c = dial();
	$c->expect('USER zelda', 331);
	$c->expect('PASS wrong', 530);
	$c->quit;
	journal_has('and nobody with a wrong password',
	    ['INFTPD_EVENT=authenticator'], qr/"zelda": I am [1-9]\d+$/m);
	systemctl('stop', 'ask.socket');
	three_kinds();
	no_instances('none is left');
}

sub check {
	($name, $patience) = @_;
	my %checks = (
	    'a clients and kinds of users' => \&check_clients_and_kinds,
	    'b FTPS' => \&check_tls,
	    'b status' => \&check_status,
	    'c journal' => \&check_journal,
	    'd fifty at once' => \&check_many,
	    'e the socket is stopped' => \&check_stop,
	    'f max_clients and max_per_ip' => \&check_own_limits,
	    'g MaxConnectionsPerSource' => \&check_managers_limit,
	    'h a flood' => \&check_flood,
	    'i killed sessions' => \&check_crashes,
	    'c an authenticator' => \&check_authenticator,
	    'j the sandbox' => \&check_sandbox,
	    'k exposure' => \&note_exposure,
	);

	%home = three_kinds();
	systemctl('enable', '--now', "$name.socket");
	is(socket_is(), 'active', "$name.socket listens");
	subtest substr($_, 2) => $checks{$_} for sort keys %checks;
}

1;
