#!/usr/bin/perl
# Tier 3: as systemd starts sessions, one for each connection: with what
# ftp@.service leaves of the capabilities and limits, and with real clients.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::System;
use Test::More;

plan skip_all => 'no systemd-socket-activate here'
    if system('command -v systemd-socket-activate >/dev/null');

my $unit = read_file(unit_path('ftp@.service'));
my $socket = read_file(unit_path('ftp.socket'));
my @caps = map { s/^CAP_//r =~ tr/A-Z/a-z/r } map { split ' ' }
    $unit =~ /^CapabilityBoundingSet=(.*)$/mg;
my ($program) = $unit =~ /^ExecStart=-?(\S+)$/m;
my ($user) = $unit =~ /^User=(\S+)$/m;
my ($files) = $unit =~ /^LimitNOFILE=(\d+)$/m;

is($program, program(), 'the unit starts the installed program');
is($user, 'inftpd', 'as inftpd');
like($socket, qr/^$_=.+$/m, "ftp.socket has $_") for qw(MaxConnections
    MaxConnectionsPerSource TriggerLimitIntervalSec);
like($socket, qr/^Accept=yes$/m, 'one process for each connection');
unlike($unit, qr/^(NoNewPrivileges|DynamicUser|LockPersonality|Private|Protect|
    MemoryDenyWriteExecute|Restrict|SystemCall)\w*=/mx,
    'nothing in the unit implies NoNewPrivileges=');
SKIP: {
	skip 'no systemd-analyze here', 1
	    if system('command -v systemd-analyze >/dev/null');
	my $text = qx(systemd-analyze verify --man=no @{[ unit_path('ftp.socket') ]} \\
	    @{[ unit_path('ftp@.service') ]} 2>&1);
	unlike($text, qr/ftp[.@].*/, 'systemd finds no fault with the units')
	    or diag $text;
}

my %home = three_kinds(connect_from_port_20 => 'YES', chown_uploads => 'NO',
    chroot_local_user => 'YES');
my $activate = Inftpd::System::start([qw(systemd-socket-activate --inetd
    --accept --listen=21 prlimit --core=0), "--nofile=$files",
    qw(setpriv --reuid=inftpd --regid=inftpd --clear-groups),
    '--bounding-set=-all,+' . join(',+', @caps), $program],
    sub { open STDERR, '>', '/tmp/activate' });

my $c = dial();
$c->login('alice');
my %is = status_of(file_agent());
is($is{Uid}, join(' ', (1001) x 4), 'the helper is root for long enough');
is($is{CapEff}, sprintf('%016x', 1 << 10), 'and keeps what port 20 needs');
$c->quit;
check_clients(%home);

subtest 'a closed way to a jail' => sub {
	account('deep', uid => 1040, home => '/srv/closed/deep');
	system('mkdir -p -m 755 /srv/closed/deep; chmod 700 /srv/closed');
	chown 1040, 1040, '/srv/closed/deep';
	my $c = dial();
	$c->login('deep');
	is(($c->stor('x', 'y'))[0], 226, 'the helper finds it');
	$c->quit;
};

subtest 'chown_uploads' => sub {
	account('owner', uid => 1041);
	three_kinds(chown_uploads => 'YES', chown_username => 'owner');
	my $c = dial();
	$c->login('anonymous');
	is(($c->stor('pub/given', 'y'))[0], 226, 'an upload');
	$c->quit;
	is((stat '/srv/ftp/pub/given')[4], 1041, 'is given away');
};

stop($activate);
done_testing;
