#!/usr/bin/perl
# Tier 3, make check-hardened: ftp-hardened.socket in a machine that systemd
# has booted. The helper is never set-uid here.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Node;
use Inftpd::Node::Sockets;
use Test::More;

# About 25 sessions begin in a second, and a flood leaves 100 to begin.
Inftpd::Node::Sockets::check('ftp-hardened', 15);
is((stat helper_path())[2] & 07777, 0750, 'the helper needs no set-uid bit');
done_testing;
