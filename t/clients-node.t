#!/usr/bin/perl
# System tier: Node's basic-ftp at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Inftpd::System;
use Test::More;

# `make check-clients' puts it there.
$ENV{NODE_PATH} = build_path('clients.d/node_modules');
my @program = ('node', "$FindBin::Bin/clients/basic_ftp.js");
my $passive = 'it knows passive mode only';
my $client = { name => 'Node basic-ftp', packages => ['nodejs', 'npm'],
    version => "@program --version", run => program_steps(@program),
    wants => sub { -d "$ENV{NODE_PATH}/basic-ftp" },
    cannot => { active => $passive, 'IPv6, active' => $passive, abort => 'it closes the connection' } };

jobs($client);
jobs($client, tls => 'explicit');
many($client);
hosts($client, sni => ['explicit', 'implicit'], host => 'before');
done_testing;
