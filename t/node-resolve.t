#!/usr/bin/perl
# Tier 3, make check-nodes: inftpd-resolve.timer in a machine that systemd has
# booted looks names of pasv_address up, and again when they change.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Node;
use Test::More;

my (undef, undef, $uid, $gid) = getpwnam 'inftpd';
is((stat '/run/inftpd/resolved')[4], $uid, 'tmpfiles.d made the place');
chown 0, $gid, helper_path();
chmod 04750, helper_path();
three_kinds();
write_file('/etc/inftpd/conf.d/50-pasv.conf',
    "pasv_addr_resolve=YES\npasv_address=ftp.example.com\n");
write_file('/etc/hosts', "127.0.0.1 localhost\n192.0.2.50 ftp.example.com\n");

my $told = '/run/inftpd/resolved/default';
my $line = sub { -e $told ? read_file($told) : '' };

systemctl(qw(enable --now inftpd-resolve.timer));
ok(wait_until(sub { $line->() eq "ftp.example.com 192.0.2.50\n" }, 20),
    'the timer has it looked up at once') or diag($line->(),
    output(qw(journalctl --no-pager -u inftpd-resolve)));
systemctl(qw(enable --now ftp.socket));
my $c = dial();
$c->login('alice');
$c->expect('PASV', 227, qr/\(192,0,2,50,/, 'a session reads it');
$c->quit;

write_file('/etc/hosts', "127.0.0.1 localhost\n192.0.2.51 ftp.example.com\n");
systemctl(qw(start inftpd-resolve.service));
is($line->(), "ftp.example.com 192.0.2.51\n", 'the next time, too');
write_file('/etc/hosts', "127.0.0.1 localhost\n");
isnt(system('systemctl start inftpd-resolve.service'), 0,
    'a name that is gone is a failed unit');
is($line->(), "ftp.example.com 192.0.2.51\n", 'and keeps its address');
like(output(qw(systemctl list-timers --no-pager inftpd-resolve.timer)),
    qr/inftpd-resolve\.timer\s+inftpd-resolve\.service/, 'the timer goes on');
done_testing;
