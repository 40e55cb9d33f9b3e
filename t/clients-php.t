#!/usr/bin/perl
# System tier: PHP's ftp extension, and its ftp:// wrapper at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Test::More;

my @program = ('php', "$FindBin::Bin/clients/ftp.php");
my $trees = 'it has no call for whole trees';
my $client = { name => 'PHP ftp', packages => ['php-cli'],
    version => "@program --version", run => program_steps(@program),
    cannot => { get_tree => $trees, put_tree => $trees } };

jobs($client);
jobs($client, tls => 'explicit');
many($client, kinds => ['explicit']);

my @stream = ('php', "$FindBin::Bin/clients/stream.php");
my $passive = 'it knows passive mode only';
my $wrapper = { name => 'PHP ftp://', packages => ['php-cli'],
    version => "@stream --version", run => program_steps(@stream),
    cannot => { put_time => 'it sends no time',
        active => $passive, 'IPv6, active' => $passive } };

jobs($wrapper);
# It knows TLS 1.2 at most, and each file takes a session of its own.
many($wrapper, kinds => ['explicit'], versions => ['1.2'], reuse => 'NO',
    count => 20);
refused_without_reuse($wrapper, '1.2');
hosts($client, no_sni => 'it says no name', host => 'instead');
done_testing;
