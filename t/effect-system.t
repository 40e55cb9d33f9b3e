#!/usr/bin/perl
# Tier 3: what a directive does to a session, for those that need accounts,
# privilege or files of the machine. As in t/effect-session.t, each probe is run
# without the directive and with it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Test::More;

account('alice', uid => 1001);
account('bob', uid => 1002, shell => '/bin/false');
account('carol', uid => 999);
account('split', uid => 1003, home => '/srv/jail/./inner');
account('owner', uid => 1041);
File::Path::make_path('/srv/jail/inner', '/srv/ftp/pub', '/srv/bob');
chown 1003, 1003, '/srv/jail/inner';
chown 901, 901, '/srv/ftp/pub';
chown 1002, 1002, '/srv/bob';
write_file('/home/alice/file', 'x');
write_file('/etc/list', "alice\n");
super_server();

# conf: beside it.
sub effect {
	my ($name, $value, $without, $with, $probe, %conf) = @_;
	my @got;

	for my $set (0, 1) {
		configure(local_enable => 'YES', anonymous_enable => 'YES',
		    %conf, $set ? ($name => $value) : ());
		push @got, $probe->();
	}
	is($got[0], $without, "without $name");
	is($got[1], $with, "with $name");
	isnt($with, $without, 'which is not the same');
}

sub session {
	my ($user) = @_;
	my $c = dial();

	$c->login($user);
	return $c;
}

sub logs_in {
	my $c = dial();

	$c->cmd("USER $_[0]");
	return ($c->cmd('PASS secret'))[0];
}

sub home_of { return (session($_[0])->cmd('PWD'))[1] =~ /^"(.*)"/ ? $1 : '' }

effect('local_enable', 'NO', 230, 530, sub { logs_in('alice') });
effect('check_shell', 'NO', 530, 230, sub { logs_in('bob') });
effect('local_min_uid', 999, 530, 230, sub { logs_in('carol') });
effect('chroot_local_user', 'YES', '/home/alice', '/', sub { home_of('alice') });
effect('chroot_list_enable', 'YES', '/home/alice', '/',
    sub { home_of('alice') }, chroot_list_file => '/etc/list');
effect('chroot_list_file', '/etc/list', 530, 230, sub { logs_in('alice') },
    chroot_list_enable => 'YES');
effect('passwd_chroot_enable', 'YES', '/srv/jail/inner', '/inner',
    sub { home_of('split') });
sub agents_uid {
	my $c = session($_[0]);
	my %is = status_of(file_agent());

	$c->quit;
	Inftpd::Test::wait_until(sub { !sessions() }, 5);
	return (split ' ', $is{Uid})[0];
}

effect('guest_enable', 'YES', 1001, 901, sub { agents_uid('alice') });
effect('guest_username', 'owner', 901, 1041, sub { agents_uid('alice') },
    guest_enable => 'YES');
effect('ftp_username', 'owner', 901, 1041, sub { agents_uid('ftp') },
    anon_root => '/srv/ftp');

# Owner and mode of an anonymous upload.
sub upload {
	unlink '/srv/ftp/pub/up';
	session('ftp')->stor('pub/up', 'x');
	my ($mode, $uid) = (stat '/srv/ftp/pub/up')[2, 4];
	return sprintf '%d %04o', $uid // -1, ($mode // 0) & 07777;
}

my %upload = (write_enable => 'YES', anon_upload_enable => 'YES');
effect('chown_uploads', 'YES', '901 0600', '1041 0600', \&upload, %upload,
    chown_username => 'owner');
effect('chown_username', 'bob', '1041 0600', '1002 0600', \&upload,
    %upload, chown_uploads => 'YES', chown_username => 'owner');
effect('chown_upload_mode', '0644', '1041 0600', '1041 0644', \&upload, %upload,
    chown_uploads => 'YES', chown_username => 'owner');

# The port that an active data connection comes from.
sub source_port {
	my $c = session('alice');
	my $listener = $c->port;

	$c->cmd('LIST');
	my $port = $c->accept($listener)->peerport;
	return $port == 20 || $port == 2020 ? $port : 'another';
}

effect('connect_from_port_20', 'YES', 'another', 20, \&source_port);
effect('ftp_data_port', 2020, 20, 2020, \&source_port,
    connect_from_port_20 => 'YES');

# A zone an hour and a half ahead, in the old format of tzfile(5).
unlink '/etc/localtime';
write_file('/etc/localtime', 'TZif' . "\0" x 16 .
    pack('N6', 0, 0, 0, 0, 1, 4) . pack('NCC', 5400, 0, 0) . "XXT\0");
my $recent = time - time % 86400 - 86400; # midnight, less than half a year ago
effect('use_localtime', 'YES', '00:00', '01:30', sub {
	utime $recent, $recent, '/home/alice/file';
	my ($lines) = session('alice')->list('LIST');
	return "@$lines" =~ /(\d\d:\d\d) file/ ? $1 : "@$lines";
});
done_testing;
