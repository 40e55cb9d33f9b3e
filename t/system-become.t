#!/usr/bin/perl
# Tier 3: whom the two processes of a session are, what they hold and what
# they have mapped, for each kind of account; the privileges that some
# sessions keep; active data connections from port 20.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use IO::Socket::IP;
use Test::More;

use constant { CHOWN => 1 << 0, NET_BIND => 1 << 10 };

account('bob', uid => 1002);
account('owner', uid => 1003);
write_file('/etc/group', "audio:x:29:alice\nextra:x:2000:bob,alice\n" .
    "wheel:x:0:alice\n", 1);

# Capabilities, confinement and ids of a process.
sub check_status {
	my ($who, $pid, $uid, $gid, $groups, $caps) = @_;
	my %is = status_of($pid);
	my $hex = sprintf '%016x', $caps;

	is($is{Uid}, "$uid $uid $uid $uid", "$who: uids");
	is($is{Gid}, "$gid $gid $gid $gid", "$who: gids");
	is(join(' ', sort split / /, $is{Groups}), $groups, "$who: groups");
	is($is{$_}, $hex, "$who: $_ is $hex") for qw(CapPrm CapEff);
	is($is{CapAmb}, '0' x 16, "$who: no ambient capabilities");
	is($is{NoNewPrivs}, 1, "$who: no new privileges");
	ok(is_filtered($pid), "$who: has a seccomp filter");
	return %is;
}

# What a process has open, as sorted kinds.
sub open_files {
	my ($pid) = @_;

	return join ' ', sort map { (readlink($_) // 'gone') =~ s/:\[.*//r }
	    glob "/proc/$pid/fd/*";
}

sub is_unmapped {
	my ($pid, $who) = @_;
	my $maps = read_file("/proc/$pid/maps");

	unlike($maps, qr/lib(ssl|crypto|systemd|crypt|nss_\w+)\.so|tls\.so/,
	    "$who maps no library but libc");
}

sub check_session {
	my ($user, $jail, $uid, $groups, $caps) = @_;
	my $c = dial();

	$c->login($user);
	my ($ftpd) = sessions();
	my $agent = file_agent();
	my %ftpd = check_status('ftpd', $ftpd, 900, 900, '900', 0);
	my %agent = check_status('agent', $agent, $uid, $uid, $groups, $caps);
	is($agent{$_}, '0' x 16, "agent: $_ is empty") for qw(CapInh CapBnd);
	is(readlink "/proc/$agent/root", $jail, "agent: its root is $jail");
	is(open_files($ftpd), '/dev/null /dev/null socket socket socket',
	    'ftpd: the client, the helper, the log, no more');
	is(open_files($agent), join(' ', sort '/dev/null', '/dev/null', $jail,
	    qw(socket socket)), 'agent: ftpd, the log, its root, no more');
	is_unmapped($ftpd, 'ftpd');
	is((grep { my %s = status_of($_); $s{Uid} =~ /\b0\b/ } $ftpd, $agent),
	    0, 'neither is root');
	$c->quit;
	ok(Inftpd::Test::wait_until(sub { !sessions() &&
	    !-e "/proc/$agent" }, 5), 'both end with the session');
}

my %home = three_kinds(chroot_local_user => 'YES',
    chroot_list_enable => 'YES', chroot_list_file => '/etc/free');
write_file('/etc/free', "bob\n");
my $super = super_server();

subtest 'local, jailed' =>
    sub { check_session('alice', '/home/alice', 1001, '2000 29', 0) };
subtest 'local, free' => sub { check_session('bob', '/', 1002, '2000', 0) };
subtest 'virtual' => sub { check_session('vera', '/srv/vera', 901, '', 0) };
subtest 'anonymous' =>
    sub { check_session('anonymous', '/srv/ftp', 901, '', 0) };

# A transfer by PORT or EPRT; the port that it came from.
sub active_from {
	my ($c, $how) = @_;
	my $listener = $c->$how;
	my ($code) = $c->cmd('LIST');

	is($code, 150, "LIST after $how");
	my $data = $c->accept($listener);
	my $port = $data->peerport;
	Inftpd::Test::Client::drain($data);
	($code) = $c->reply;
	is($code, 226, 'it is complete');
	return $port;
}

subtest 'connect_from_port_20' => sub {
	three_kinds(connect_from_port_20 => 'YES', chroot_local_user => 'YES');
	check_session('alice', '/home/alice', 1001, '2000 29', NET_BIND);
	check_session('anonymous', '/srv/ftp', 901, '', NET_BIND);
	for my $user (sort keys %home) {
		my $c = dial();

		$c->login($user);
		is(active_from($c, 'port'), 20, "$user: from port 20");
		is(active_from($c, 'port'), 20, 'and once more');
		$c->quit;
	}
	my $c = dial('::1');
	$c->login('alice');
	is(active_from($c, 'eprt'), 20, 'from port 20 by IPv6');
	$c->quit;
	three_kinds(ftp_data_port => 2020, connect_from_port_20 => 'YES');
	check_session('alice', '/', 1001, '2000 29', 0);
	$c = dial();
	$c->login('alice');
	is(active_from($c, 'port'), 2020, 'ftp_data_port');
	$c->quit;
	three_kinds();
	$c = dial();
	$c->login('alice');
	cmp_ok(active_from($c, 'port'), '>', 1023, 'without it any port');
	$c->quit;
};

subtest 'chown_uploads' => sub {
	three_kinds(chown_uploads => 'YES', chown_username => 'owner',
	    chown_upload_mode => '0640');
	check_session('anonymous', '/srv/ftp', 901, '', CHOWN);
	check_session('alice', '/', 1001, '2000 29', 0);
	my $c = dial();
	$c->login('anonymous');
	is(($c->stor('pub/given', 'bytes'))[0], 226, 'an upload');
	$c->quit;
	my (undef, undef, $mode, undef, $uid) = stat '/srv/ftp/pub/given';
	is($uid, 1003, 'belongs to chown_username');
	is($mode & 07777, 0640, 'with chown_upload_mode');
	three_kinds(chown_uploads => 'YES', chown_username => 'root');
	ok(!eval { dial() }, 'never to root');
	log_has(qr/chown_username/, 'and the log says so');
};

subtest 'a user of group 0 is none of it' => sub {
	write_file('/etc/passwd', "zero:x:1009:0::/tmp:/bin/sh\n", 1);
	write_file('/etc/shadow', 'zero:' .
	    crypt('secret', '$6$rounds=1000$inftpdtest$') .
	    ":19000:0:99999:7:::\n", 1);
	three_kinds();
	my $c = dial();
	$c->cmd('USER zero');
	is(($c->cmd('PASS secret'))[0], 530, 'it is not let in');
	$c->hang_up;
};

done_testing;
