#!/usr/bin/perl
# Tier 3, make check-nodes: ftp.socket in a machine that systemd has booted.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Node;
use Inftpd::Node::Sockets;
use Test::More;

# The boot has applied these.
my (undef, undef, $uid, $gid) = getpwnam 'inftpd';
ok($uid, 'sysusers.d made the user inftpd');
ok(getpwnam 'ftp', 'and ftp');
is((stat '/run/inftpd')[4], 0, 'tmpfiles.d made /run/inftpd');
is((stat '/run/inftpd/sessions')[4], $uid, 'and the place of the slots');

# As make install says, and a package does.
chown 0, $gid, helper_path();
chmod 04750, helper_path();

Inftpd::Node::Sockets::check('ftp', 5);
done_testing;
